package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.testing.Block;
import dev.lanewise.testing.Close;
import dev.lanewise.testing.Seeds;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of a right operand that is packed once and used many times, for every implementation. */
@ExtendWith(Seeds.class)
final class PackedMatrixTest {
    private static final int[][] SHAPES = {
        {1, 1, 1}, {1, 40, 30}, {7, 1, 9}, {6, 8, 5}, {14, 16, 33}, {15, 33, 1}, {29, 31, 64}, {16, 64, 383},
        {17, 63, 384}, {32, 65, 385}, {64, 128, 256}, {13, 255, 257}, {14, 287, 512}, {3, 288, 513}, {30, 383, 100},
        {5, 384, 640}, {9, 511, 40}, {16, 513, 767}, {2, 640, 1025}, {11, 641, 1100}, {1, 530, 1100}, {160, 160, 160},
        {161, 161, 159}, {500, 20, 3}
    };

    private static final Transpose[] BOTH = Transpose.values();
    private static final float[] BETAS = {0f, 1f, -0.5f};

    /** The unpacked product; where a vector or a depth of one goes its own way unpacked, the packed one. */
    private static Block expected(Engine engine, MatMulCase product, PackedMatrix packed, MatMulEpilogue epilogue) {
        boolean vector = product.m() == 1 || product.n() == 1 || product.k() == 1;
        return vector ? product.run(engine, packed, epilogue) : product.run(engine, epilogue);
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void packedGivesTheBitsOfUnpackedOnAnyThreads(Implementation implementation, Random random) {
        List<Engine> engines = Engines.threads(implementation);
        for (int[] s : SHAPES) {
            for (Transpose ta : BOTH) {
                for (Transpose tb : BOTH) {
                    float beta = BETAS[random.nextInt(BETAS.length)];
                    float alpha = random.nextBoolean() ? 1f : -1.5f;
                    MatMulCase product = MatMulCase.of(random, ta, tb, s[0], s[1], s[2], alpha, beta);
                    EpilogueCase after = EpilogueCase.any(random, s[0], s[1]);
                    PackedMatrix packed = product.pack(engines.get(0));
                    Block plain = expected(engines.get(0), product, packed, null);
                    Block finished = expected(engines.get(0), product, packed, after.epilogue());
                    product.check(plain);
                    after.check(product, finished);
                    for (Engine engine : engines) {
                        String where = product + " on " + engine.info().threads() + " threads";
                        Close.assertSameBits(plain.data, product.run(engine, packed, null).data, where);
                        EpilogueCase own = after.fresh();
                        Block out = product.run(engine, packed, own.epilogue());
                        Close.assertSameBits(finished.data, out.data, after + " after " + where);
                        if (own.z() != null) {
                            own.z().assertGuarded("Z");
                            Close.assertSameBits(after.z().data, own.z().data, "Z of " + where);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void repackingReplacesTheValuesInPlace(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int[] s : SHAPES) {
                MatMulCase first = MatMulCase.of(random, Transpose.NO, Transpose.NO, s[0], s[1], s[2], 1f, 0f);
                PackedMatrix packed = first.pack(engine);
                for (Transpose tb : BOTH) {
                    MatMulCase next = MatMulCase.of(random, Transpose.NO, tb, s[0], s[1], s[2], 1f, 0f);
                    engine.matMul().repack(packed, tb, next.b().data, next.b().offset, next.b().ld);
                    next.b().assertUnchanged("B");
                    Close.assertSameBits(
                            expected(engine, next, next.pack(engine), null).data,
                            next.run(engine, packed, null).data, "repacked, " + next);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void packedOperandIsACopy(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            MatMulCase product = MatMulCase.of(random, Transpose.NO, Transpose.YES, 16, 40, 50, 1f, 0f);
            Block before = product.run(engine);
            PackedMatrix packed = product.pack(engine);
            for (int j = 0; j < 40; j++) {
                product.b().set(j, 3, Float.NaN);
            }
            Close.assertSameBits(before.data, product.run(engine, packed, null).data, "C");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void specialValuesReachExactlyTheirColumn(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            for (int[] s : new int[][] {{15, 33, 20}, {30, 70, 300}, {1, 5, 7}}) {
                for (float special : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                    MatMulCase product = MatMulCase.of(random, Transpose.NO, Transpose.NO, s[0], s[1], s[2], 1f, 0f);
                    product.setB(random.nextInt(s[2]), random.nextInt(s[1]), special);
                    product.check(product.run(engine, product.pack(engine), null));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void emptyOperandsArePackedToo(Implementation implementation, Random random) {
        for (Engine engine : Engines.threads(implementation)) {
            for (int[] s : new int[][] {{5, 7, 0}, {5, 0, 7}, {0, 5, 7}, {5, 0, 0}, {0, 0, 0}}) {
                for (Transpose t : BOTH) {
                    MatMulCase product = MatMulCase.of(random, t, t, s[0], s[1], s[2], 1f, -0.5f);
                    PackedMatrix packed = product.pack(engine);
                    engine.matMul().repack(packed, t, product.b().data, product.b().offset, product.b().ld);
                    EpilogueCase after = EpilogueCase.any(random, s[0], s[1]);
                    product.check(product.run(engine, packed, null));
                    after.check(product, product.run(engine, packed, after.epilogue()));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void zeroAlphaReadsNeitherOperand(Implementation implementation, Random random) {
        try (Engine engine = Engines.serial(implementation)) {
            MatMulCase product = new MatMulCase(
                    Transpose.NO, Transpose.NO, 17, 39, 23, 0f, Block.unset(random, 17, 23),
                    Block.unset(random, 23, 39), 2f, Block.normal(random, 17, 39));
            product.check(product.run(engine, product.pack(engine), null));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.Engines#implementations")
    void severalThreadsMayUseOnePackedOperand(Implementation implementation, Random random) {
        MatMulCase product = MatMulCase.of(random, Transpose.NO, Transpose.NO, 33, 97, 600, 1f, 0f);
        List<Engine> engines = Engines.threads(implementation);
        Block expected = product.run(engines.get(0));
        PackedMatrix packed = product.pack(engines.get(0));
        IntStream.range(0, 60).parallel().forEach(
                i -> Close.assertSameBits(
                        expected.data, product.run(engines.get(i % engines.size()), packed, null).data, "call " + i));
    }

    @Test
    void matricesArePackedWithTheirShape() {
        try (Engine engine = Engine.serial()) {
            Matrix a = Matrix.of(new float[] {1, 2, 3, 4}, 2, 2);
            Matrix b = Matrix.of(new float[] {0, 1, 0, -1, 0, 0, 1, -1}, 2, 4).slice(0, 1, 2, 3);
            Matrix c = Matrix.zeros(2, 3);
            PackedMatrix packed = engine.matMul().pack(b);
            assertEquals(2, packed.k());
            assertEquals(3, packed.n());
            EngineInfo info = engine.info();
            assertEquals(
                    "PackedMatrix [2 x 3] for " + info.implementation() + "/" + info.vectorBits(), packed.toString());
            engine.matMul().multiply(a, packed, c);
            Close.assertSameBits(new float[] {1, 2, -3, 3, 4, -7}, c.data(), "C");
            engine.matMul().repack(packed, Matrix.of(new float[] {1, 1, 1, 0, 0, 1}, 2, 3));
            engine.matMul().multiply(a, packed, c, new MatMulEpilogue().bias(new float[] {10, 20, 30}, 0));
            Close.assertSameBits(new float[] {11, 21, 33, 13, 23, 37}, c.data(), "C");
        }
    }

    @Test
    void packedOperandOfAnotherImplementationIsRefused() {
        List<Implementation> both = Engines.available();
        for (Implementation maker : both) {
            for (Implementation user : both) {
                if (maker != user) {
                    assertRefused(maker, user);
                }
            }
        }
    }

    private static void assertRefused(Implementation maker, Implementation user) {
        try (Engine one = Engines.serial(maker); Engine other = Engines.serial(user)) {
            PackedMatrix packed = one.matMul().pack(Matrix.zeros(2, 3));
            float[] c = {5, 5, 5};
            List<Runnable> uses = List.of(
                    () -> other.matMul().multiply(Matrix.zeros(1, 2), packed, Matrix.of(c, 1, 3)),
                    () -> other.matMul().repack(packed, Matrix.zeros(2, 3)));
            for (Runnable use : uses) {
                String message = assertThrows(IllegalArgumentException.class, use::run).getMessage();
                assertTrue(message.contains("[2 x 3]"), message);
                assertTrue(message.contains("made by an engine on " + maker + "/" + one.info().vectorBits()), message);
                assertTrue(message.contains("used by one on " + user + "/" + other.info().vectorBits()), message);
            }
            Close.assertSameBits(new float[] {5, 5, 5}, c, "C");
        }
    }
}
