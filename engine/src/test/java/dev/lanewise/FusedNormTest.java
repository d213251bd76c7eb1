package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import dev.lanewise.testing.Seeds;
import dev.lanewise.testing.Sizes;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Layer normalisation fused with the residual connection before it, and its gradients in one pass. */
@ExtendWith(Seeds.class)
final class FusedNormTest {
    /** A sum of two or three summands and its normalisation. */
    private static final class Residual {
        final Block x;
        final Block residual;
        final Block bias;
        final NormCase norm;
        Block sum;

        Residual(Random random, int rows, int cols, boolean withBias) {
            x = Block.normal(random, rows, cols);
            residual = Block.normal(random, rows, cols);
            bias = withBias ? Block.vector(random, cols) : null;
            sum = Block.of(random, rows, cols, () -> 0);
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < cols; c++) {
                    float s = x.get(r, c) + residual.get(r, c);
                    sum.set(r, c, withBias ? s + bias.get(0, c) : s);
                }
            }
            norm = new NormCase(random, sum);
        }

        void run(Engine engine, Block in, Block added, Block out) {
            norm.prepare();
            engine.norm().addLayerNorm(
                    in.rows, in.cols, NormCase.EPSILON, in.data, in.offset, in.ld, added.data, added.offset, added.ld,
                    bias == null ? null : bias.data, bias == null ? 0 : bias.offset, norm.gamma.data,
                    norm.gamma.offset, norm.beta.data, norm.beta.offset, out.data, out.offset, out.ld, norm.y.data,
                    norm.y.offset, norm.y.ld, norm.mean.data, norm.mean.offset, norm.rstd.data, norm.rstd.offset);
            out.assertGuarded("sum");
            norm.y.assertGuarded("y");
            norm.mean.assertGuarded("mean");
            norm.rstd.assertGuarded("rstd");
        }

        void assertSum(Block out) {
            for (int r = 0; r < sum.rows; r++) {
                for (int c = 0; c < sum.cols; c++) {
                    assertEquals(sum.get(r, c), out.get(r, c), "sum at (" + r + ", " + c + ")");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void sumIsExactAndItsNormalisationThatOfTheSum(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges()) {
                for (int rows : new int[] {0, 1, 3}) {
                    for (boolean withBias : new boolean[] {false, true}) {
                        Residual fused = new Residual(random, rows, cols, withBias);
                        Block out = Block.unset(random, rows, cols);
                        fused.run(engine, fused.x, fused.residual, out);
                        fused.x.assertUnchanged("x");
                        fused.residual.assertUnchanged("residual");
                        fused.assertSum(out);
                        fused.norm.gradients(engine, true, fused.norm.dX);
                        fused.norm.check();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void sumInPlaceOfEitherSummandGivesTheSameBits(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges(129)) {
                Residual fused = new Residual(random, 3, cols, true);
                Block apart = Block.unset(random, 3, cols);
                fused.run(engine, fused.x, fused.residual, apart);
                Block y = fused.norm.y;
                for (boolean first : new boolean[] {true, false}) {
                    Block x = fused.x.copy();
                    Block residual = fused.residual.copy();
                    Block out = first ? x : residual;
                    fused.run(engine, x, residual, out);
                    fused.assertSum(out);
                    Close.assertSameBits(y.data, fused.norm.y.data, "y");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void gradientWrittenOverIsTheOneAddedToZero(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges()) {
                NormCase norm = new NormCase(random, Block.normal(random, 3, cols));
                norm.prepare();
                norm.forward(engine);
                Block added = Block.of(random, 3, cols, () -> 0);
                norm.gradients(engine, true, added);
                Block written = Block.unset(random, 3, cols);
                norm.gradients(engine, false, written);
                written.assertGuarded("dX");
                Block dY = norm.dY.copy();
                engine.norm().layerNormGradients(
                        3, cols, dY.data, dY.offset, dY.ld, norm.x.data, norm.x.offset, norm.x.ld, norm.gamma.data,
                        norm.gamma.offset, norm.mean.data, norm.mean.offset, norm.rstd.data, norm.rstd.offset, false,
                        dY.data, dY.offset, dY.ld, norm.dGamma.data, norm.dGamma.offset, norm.dBeta.data,
                        norm.dBeta.offset);
                dY.assertGuarded("dY");
                for (int r = 0; r < 3; r++) {
                    for (int c = 0; c < cols; c++) {
                        Close.assertWithin(added.get(r, c), written.get(r, c), 0, "written over at " + c);
                        assertEquals(written.get(r, c), dY.get(r, c), "in place of dY at " + c);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void nanInOneRowTakesThatRowOfTheGradientAndItsColumnsOfTheSums(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int cols : Sizes.edges(65)) {
                Block x = Block.normal(random, 3, cols).set(1, random.nextInt(cols), Float.NEGATIVE_INFINITY);
                NormCase norm = new NormCase(random, x).run(engine);
                for (int c = 0; c < cols; c++) {
                    for (int r = 0; r < 3; r++) {
                        assertEquals(r == 1, Float.isNaN(norm.dX.get(r, c)), "dX in row " + r);
                    }
                    assertEquals(true, Float.isNaN(norm.dGamma.get(0, c)), "dGamma");
                    assertEquals(false, Float.isNaN(norm.dBeta.get(0, c)), "dBeta");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void sameBitsOnAnyNumberOfThreads(Implementation implementation, Random random) {
        for (int[] shape : new int[][] {{900, 65}, {40, 1500}, {20_000, 3}}) {
            Residual fused = new Residual(random, shape[0], shape[1], true);
            Block[] first = null;
            for (Engine engine : Engines.threads(implementation)) {
                Block out = Block.unset(new Random(1), shape[0], shape[1]);
                fused.run(engine, fused.x, fused.residual, out);
                fused.norm.gradients(engine, true, fused.norm.dX);
                NormCase norm = fused.norm;
                Block[] results = {out, norm.y, norm.mean, norm.rstd, norm.dX, norm.dGamma, norm.dBeta};
                if (first == null) {
                    first = results;
                }
                for (int i = 0; i < results.length; i++) {
                    Close.assertSameBits(first[i].data, results[i].data, "result " + i + " of " + norm);
                }
            }
        }
    }
}
