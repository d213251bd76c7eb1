package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What a caller's mistake says, and that nothing has been written when it is said. */
final class FacadeErrorsTest {
    private static final Engine ENGINE = Engine.serial();

    /** Two arrays that every mistake is made with. */
    private final float[] a = filled(100);

    private final float[] b = filled(100);
    private final float[] c = filled(100);
    private final float[] d = filled(100);

    @AfterAll
    static void close() {
        ENGINE.close();
    }

    private static float[] filled(int n) {
        float[] values = new float[n];
        Arrays.fill(values, 0.5f);
        return values;
    }

    /** A mistake, and what the message must name. */
    private DynamicTest mistake(String name, Runnable call, String... words) {
        return DynamicTest.dynamicTest(name, () -> {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call::run);
            for (String word : words) {
                assertTrue(e.getMessage().contains(word), "'" + word + "' is not in: " + e.getMessage());
            }
            for (float[] values : new float[][] {a, b, c, d}) {
                for (float value : values) {
                    assertEquals(0.5f, value, "nothing may be written before all is checked");
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> matMul() {
        MatMulOps ops = ENGINE.matMul();
        Transpose no = Transpose.NO;
        return Stream.of(
                mistake(
                        "inner sizes differ",
                        () -> ops.multiply(new Matrix(a, 0, 3, 4, 4), new Matrix(b, 0, 5, 6, 6),
                                new Matrix(c, 0, 3, 6, 6)),
                        "[3 x 4]", "[5 x 6]", "[3 x 6]"),
                mistake(
                        "result of another shape",
                        () -> ops.multiply(new Matrix(a, 0, 3, 4, 4), new Matrix(b, 0, 4, 6, 6),
                                new Matrix(c, 0, 6, 3, 3)),
                        "[3 x 4]", "[4 x 6]", "[6 x 3]"),
                mistake("A too short", () -> ops.multiply(no, no, 11, 2, 10, 1, a, 0, 10, b, 0, 2, 0, c, 0, 2), "A",
                        "110"),
                mistake("B too short", () -> ops.multiply(no, no, 2, 11, 10, 1, a, 0, 10, b, 0, 11, 0, c, 0, 11), "B",
                        "110"),
                mistake("C too short", () -> ops.multiply(no, no, 11, 10, 2, 1, a, 0, 2, b, 0, 10, 0, c, 0, 10), "C",
                        "110"),
                mistake("stride below columns", () -> ops.multiply(no, no, 2, 3, 2, 1, a, 0, 2, b, 0, 2, 0, c, 0, 3),
                        "B", "2"),
                mistake("negative rows", () -> ops.multiply(no, no, -1, 3, 2, 1, a, 0, 2, b, 0, 3, 0, c, 0, 3), "-1"),
                mistake("negative offset", () -> ops.multiply(no, no, 1, 3, 2, 1, a, -1, 2, b, 0, 3, 0, c, 0, 3), "A",
                        "-1"),
                mistake(
                        "sizes beyond int",
                        () -> ops.multiply(no, no, 65_536, 1, 65_536, 1, a, 0, 65_536, b, 0, 1, 0, c, 0, 1),
                        "4294967296"),
                mistake("C is A", () -> ops.multiply(no, no, 3, 3, 3, 1, a, 0, 3, b, 0, 3, 0, a, 0, 3), "C overlaps A"),
                mistake("C is B", () -> ops.multiply(no, no, 3, 3, 3, 1, a, 0, 3, b, 0, 3, 0, b, 8, 3), "C overlaps B"),
                mistake(
                        "batch results overlap",
                        () -> ops.multiplyBatch(3, no, no, 2, 2, 2, 1, a, 0, 2, 4, b, 0, 2, 4, 0, c, 0, 2, 3),
                        "overlap", "3"),
                mistake(
                        "batch beyond the array",
                        () -> ops.multiplyBatch(26, no, no, 2, 2, 2, 1, a, 0, 2, 4, b, 0, 2, 0, 0, c, 0, 2, 4), "104"));
    }

    private static MatMulEpilogue epilogue() {
        return new MatMulEpilogue();
    }

    /** A mistake in what follows {@code C [5 x 6] = A [5 x 4] * B [4 x 6]}; A, B and C are a, b and c from index 0. */
    private DynamicTest mistakeAfter(String name, MatMulEpilogue epilogue, String... words) {
        return mistake(
                name,
                () -> ENGINE.matMul().multiply(
                        Transpose.NO, Transpose.NO, 5, 6, 4, 1, a, 0, 4, b, 0, 6, 0, c, 0, 6, epilogue),
                words);
    }

    @TestFactory
    Stream<DynamicTest> epilogues() {
        return Stream.of(
                mistakeAfter("bias too short", epilogue().bias(d, 95), "bias", "6", "95", "100"),
                mistakeAfter("bias at a negative offset", epilogue().bias(d, -1), "bias", "-1"),
                mistakeAfter("bias of another length", epilogue().bias(new Matrix(d, 0, 1, 7, 7)), "bias [1 x 7]",
                        "[1 x 6]"),
                mistake("bias of two rows", () -> epilogue().bias(new Matrix(d, 0, 2, 6, 6)), "[2 x 6]", "[1 x n]"),
                mistakeAfter("C over bias", epilogue().bias(c, 29), "C overlaps bias"),
                mistakeAfter("residual too short", epilogue().residual(d, 71, 6), "residual", "[5 x 6]", "101"),
                mistakeAfter("rows of residual overlap", epilogue().residual(d, 0, 5), "residual", "5", "6 columns"),
                mistakeAfter("residual of another shape", epilogue().residual(new Matrix(d, 0, 6, 5, 5)),
                        "residual [6 x 5]", "[5 x 6]"),
                mistakeAfter("residual is C", epilogue().residual(c, 0, 6), "C overlaps residual"),
                mistakeAfter("C over residual", epilogue().residual(c, 29, 7), "C overlaps residual"),
                mistakeAfter("X too short", epilogue().gelu().derivativeAt(d, 71, 6), "X of the derivative", "[5 x 6]",
                        "101"),
                mistakeAfter("X of another shape", epilogue().gelu().derivativeAt(new Matrix(d, 0, 6, 5, 5)),
                        "X of the derivative [6 x 5]", "[5 x 6]"),
                mistakeAfter("C over X", epilogue().gelu().derivativeAt(c, 29, 7), "C overlaps X of the derivative"),
                mistakeAfter("pre-activations over X",
                        epilogue().derivativeAt(d, 0, 6).keepPreActivation(d, 29, 6),
                        "preActivation overlaps X of the derivative"),
                mistakeAfter("pre-activations too short", epilogue().keepPreActivation(d, 0, 24), "preActivation",
                        "[5 x 6]", "102"),
                mistakeAfter("pre-activations of another shape",
                        epilogue().keepPreActivation(new Matrix(d, 0, 5, 7, 7)), "preActivation [5 x 7]", "[5 x 6]"),
                mistakeAfter("pre-activations are C", epilogue().keepPreActivation(c, 0, 6),
                        "preActivation overlaps C"),
                mistakeAfter("pre-activations over A", epilogue().keepPreActivation(a, 19, 6),
                        "preActivation overlaps A"),
                mistakeAfter("pre-activations over B", epilogue().keepPreActivation(b, 23, 6),
                        "preActivation overlaps B"),
                mistakeAfter("pre-activations over bias", epilogue().bias(d, 3).keepPreActivation(d, 8, 6),
                        "preActivation overlaps bias"),
                mistakeAfter("pre-activations over residual",
                        epilogue().residual(d, 0, 6).keepPreActivation(d, 29, 6), "preActivation overlaps residual"),
                mistake(
                        "part of a product of matrices",
                        () -> ENGINE.matMul().multiply(
                                new Matrix(a, 0, 5, 4, 4), new Matrix(b, 0, 4, 6, 6), new Matrix(c, 0, 5, 6, 6),
                                epilogue().residual(new Matrix(d, 0, 5, 5, 6))),
                        "residual [5 x 5]", "[5 x 6]"));
    }

    @TestFactory
    Stream<DynamicTest> packed() {
        MatMulOps ops = ENGINE.matMul();
        Transpose no = Transpose.NO;
        PackedMatrix weight = ops.pack(new Matrix(b, 0, 4, 6, 6));
        return Stream.of(
                mistake("B too short", () -> ops.pack(no, 10, 11, b, 0, 11), "B", "[10 x 11]", "110", "100"),
                mistake("stride below columns", () -> ops.pack(Transpose.YES, 4, 6, b, 0, 3), "B", "3", "4 columns"),
                mistake("negative depth", () -> ops.pack(no, -1, 6, b, 0, 6), "B", "-1"),
                mistake("repacked with another shape", () -> ops.repack(weight, new Matrix(b, 0, 6, 4, 4)), "[6 x 4]",
                        "[4 x 6]"),
                mistake("repacked from too few", () -> ops.repack(weight, no, b, 77, 6), "B", "[4 x 6]", "101"),
                mistake(
                        "inner sizes differ",
                        () -> ops.multiply(new Matrix(a, 0, 5, 3, 3), weight, new Matrix(c, 0, 5, 6, 6)), "[5 x 3]",
                        "[4 x 6]", "[5 x 6]"),
                mistake(
                        "result of another shape",
                        () -> ops.multiply(new Matrix(a, 0, 5, 4, 4), weight, new Matrix(c, 0, 6, 6, 6)), "[5 x 4]",
                        "[4 x 6]", "[6 x 6]"),
                mistake("A too short", () -> ops.multiply(no, 26, 1, a, 0, 4, weight, 0, c, 0, 6, null), "A", "104"),
                mistake("C too short", () -> ops.multiply(no, 17, 1, a, 0, 4, weight, 0, c, 0, 6, null), "C", "102"),
                mistake("C over A", () -> ops.multiply(no, 5, 1, a, 0, 4, weight, 0, a, 19, 6, null), "C overlaps A"),
                mistake(
                        "pre-activations over A",
                        () -> ops.multiply(
                                no, 5, 1, a, 0, 4, weight, 0, c, 0, 6, epilogue().keepPreActivation(a, 19, 6)),
                        "preActivation overlaps A"),
                mistake(
                        "C over residual",
                        () -> ops.multiply(no, 5, 1, a, 0, 4, weight, 0, c, 0, 6, epilogue().residual(c, 29, 6)),
                        "C overlaps residual"));
    }

    @TestFactory
    Stream<DynamicTest> softmax() {
        SoftmaxOps ops = ENGINE.softmax();
        return Stream.of(
                mistake(
                        "shapes differ", () -> ops.softmax(new Matrix(a, 0, 3, 4, 4), new Matrix(b, 0, 4, 3, 3)),
                        "[3 x 4]",
                        "[4 x 3]"),
                mistake("x too short", () -> ops.softmax(11, 10, a, 0, 10, b, 0, 10), "x", "110", "100"),
                mistake("y shifted against x", () -> ops.softmax(3, 4, a, 0, 4, a, 1, 4), "y overlaps x"),
                mistake("length too large", () -> ops.softmaxPrefix(2, 4, new int[] {1, 5}, 0, a, 0, 4, b, 0, 4), "[1]",
                        "5", "0..4"),
                mistake("length negative", () -> ops.softmaxPrefix(2, 4, new int[] {-1, 5}, 0, a, 0, 4, b, 0, 4), "[0]",
                        "-1"),
                mistake("too few lengths", () -> ops.softmaxPrefix(2, 4, new int[1], 0, a, 0, 4, b, 0, 4), "lengths",
                        "2", "1"),
                mistake("dX over y", () -> ops.softmaxBackward(2, 4, a, 0, 4, b, 0, 4, a, 0, 4), "dX overlaps y"),
                mistake("label is no class", () -> ops.crossEntropy(2, 3, a, 0, 3, new int[] {0, 3}, 0, b, 0),
                        "labels[1] is 3", "0..2"),
                mistake(
                        "label negative",
                        () -> ops.crossEntropyBackward(2, 3, a, 0, 3, new int[] {-1, 0}, 0, 1, b, 0, 3),
                        "labels[0] is -1"),
                mistake("no class at all", () -> ops.crossEntropy(1, 0, a, 0, 3, new int[] {0}, 0, b, 0), "labels[0]"),
                mistake("losses over logits", () -> ops.crossEntropy(2, 3, a, 0, 3, new int[2], 0, a, 2),
                        "losses overlaps logits"),
                mistake("losses too short", () -> ops.crossEntropy(2, 3, a, 0, 3, new int[2], 0, b, 99), "losses",
                        "100"));
    }

    @TestFactory
    Stream<DynamicTest> norm() {
        NormOps ops = ENGINE.norm();
        return Stream.of(
                mistake("epsilon zero", () -> ops.layerNorm(2, 4, 0, a, 0, 4, b, 0, b, 4, c, 0, 4, d, 0, d, 2),
                        "epsilon"),
                mistake("epsilon NaN", () -> ops.layerNorm(2, 4, Float.NaN, a, 0, 4, b, 0, b, 4, c, 0, 4, d, 0, d, 2),
                        "NaN"),
                mistake("gamma too short", () -> ops.layerNorm(2, 4, 1, a, 0, 4, b, 97, b, 4, c, 0, 4, d, 0, d, 2),
                        "gamma", "97"),
                mistake("rstd over mean", () -> ops.layerNorm(2, 4, 1, a, 0, 4, b, 0, b, 4, c, 0, 4, d, 0, d, 1),
                        "overlaps"),
                mistake("mean over y", () -> ops.layerNorm(2, 4, 1, a, 0, 4, b, 0, b, 4, c, 0, 4, c, 7, d, 1),
                        "mean overlaps y"),
                mistake("y over gamma", () -> ops.layerNorm(2, 4, 1, a, 0, 4, b, 0, d, 4, b, 3, 4, d, 0, d, 2),
                        "y overlaps gamma"),
                mistake(
                        "dX over dY, added",
                        () -> ops.layerNormGradients(
                                2, 4, a, 0, 4, b, 0, 4, c, 0, d, 0, d, 2, true, a, 0, 4, d, 10, d, 14),
                        "dX overlaps dY"),
                mistake(
                        "dGamma over x",
                        () -> ops.layerNormGradients(
                                2, 4, a, 0, 4, b, 0, 4, c, 0, c, 4, c, 6, false, d, 0, 4, b, 7, d, 8),
                        "dGamma overlaps x"));
    }

    @TestFactory
    Stream<DynamicTest> elements() {
        ActivationOps activation = ENGINE.activation();
        ElementwiseOps ops = ENGINE.elementwise();
        return Stream.of(
                mistake("x too short", () -> activation.gelu(101, a, 0, b, 0), "x", "101", "100"),
                mistake("y too short", () -> activation.relu(50, a, 0, b, 51), "y", "51", "100"),
                mistake("negative count", () -> activation.relu(-1, a, 0, b, 0), "-1"),
                mistake("y shifted against x", () -> activation.gelu(50, a, 0, a, 1), "y overlaps x"),
                mistake("dX shifted against dY", () -> activation.geluBackward(50, a, 0, b, 0, b, 3), "dX overlaps dY"),
                mistake("out shifted against y", () -> ops.add(50, a, 0, b, 0, b, 49), "out overlaps y"),
                mistake("offset beyond int", () -> ops.scale(10, 2, a, Integer.MAX_VALUE, b, 0), "x"),
                mistake("bias too short", () -> ops.addBias(2, 50, a, 0, 50, b, 51, c, 0, 50), "bias", "51"),
                mistake("y over bias", () -> ops.addBias(2, 50, a, 0, 50, b, 0, b, 0, 50), "y overlaps bias"),
                mistake("dBias over dY", () -> ops.biasGradient(2, 50, a, 0, 50, a, 10), "dBias overlaps dY"),
                mistake("probability one", () -> ops.dropout(5, 1, 0, 0, a, 0, b, 0), "probability", "1.0"),
                mistake("probability NaN", () -> ops.dropout(5, Float.NaN, 0, 0, a, 0, b, 0), "NaN"),
                mistake("sum beyond the array", () -> ops.sumOfSquares(5, a, 96), "x", "96"));
    }

    @TestFactory
    Stream<DynamicTest> embedding() {
        EmbeddingOps ops = ENGINE.embedding();
        int[] ids = {1, -1, 7};
        return Stream.of(
                mistake("id not in the table", () -> ops.gather(3, 4, ids, 0, 7, a, 0, b, 0, 4), "ids[2] is 7",
                        "7 rows"),
                mistake("id not in the gradient", () -> ops.scatterAdd(3, 4, ids, 0, a, 0, 4, 7, b, 0), "ids[2] is 7"),
                mistake("table too short", () -> ops.gatherAdd(3, 4, ids, 0, 26, a, 0, b, 0, 4), "table", "104"),
                mistake("too few ids", () -> ops.gather(3, 4, ids, 1, 9, a, 0, b, 0, 4), "ids"),
                mistake("y over the table", () -> ops.gather(3, 4, ids, 0, 8, a, 0, a, 31, 4), "y overlaps table"),
                mistake("dTable over dY", () -> ops.scatterAdd(3, 4, ids, 0, a, 0, 4, 8, a, 0), "dTable overlaps dY"),
                mistake("sequences too many", () -> ops.addPositions(9, 3, 4, b, 0, a, 0), "[9 x 3 x 4]", "108", "100"),
                mistake("sequences beyond long", () -> ops.addPositions(1 << 30, 1 << 30, 1 << 30, b, 0, a, 0),
                        "1073741824"),
                mistake("positions too short", () -> ops.addPositions(1, 5, 20, b, 1, a, 0), "positions"),
                mistake(
                        "pool longer than the sequence", () -> ops.meanPool(2, 3, 4, new int[] {3, 4}, 0, a, 0, b, 0),
                        "lengths[1] is 4", "0..3"),
                mistake("y over x", () -> ops.meanPool(2, 3, 4, new int[2], 0, a, 0, a, 0), "y overlaps x"),
                mistake("dX over dY", () -> ops.meanPoolBackward(2, 3, 4, new int[2], 0, a, 0, a, 7),
                        "dX overlaps dY"));
    }

    @TestFactory
    Stream<DynamicTest> update() {
        UpdateOps ops = ENGINE.update();
        return Stream.of(
                mistake("g too short", () -> ops.adamW(50, 1, 0, 0, 1, 0, 1, 1, a, 0, b, 51, c, 0, d, 0), "g", "51"),
                mistake("w is g", () -> ops.adamW(50, 1, 0, 0, 1, 0, 1, 1, a, 0, a, 0, c, 0, d, 0), "w overlaps g"),
                mistake("m over v", () -> ops.adamW(50, 1, 0, 0, 1, 0, 1, 1, a, 0, b, 0, c, 0, c, 49), "m overlaps v"),
                mistake(
                        "row not in the table",
                        () -> ops.adamWRows(2, 4, new int[] {0, 5}, 0, 1, 0, 0, 1, 0, 1, 1, a, b, c, d, 5, 0),
                        "rows[1] is 5", "0..4"),
                mistake(
                        "row given twice",
                        () -> ops.adamWRows(3, 4, new int[] {2, 0, 2}, 0, 1, 0, 0, 1, 0, 1, 1, a, b, c, d, 5, 0),
                        "rows[2] is 2"),
                mistake(
                        "two tables are one",
                        () -> ops.adamWRows(1, 4, new int[1], 0, 1, 0, 0, 1, 0, 1, 1, a, b, a, d, 5, 0), "four arrays"),
                mistake(
                        "table too short",
                        () -> ops.adamWRows(1, 4, new int[1], 0, 1, 0, 0, 1, 0, 1, 1, a, b, c, d, 25, 1), "w",
                        "[25 x 4]", "101"));
    }

    @TestFactory
    Stream<DynamicTest> attention() {
        AttentionOps ops = ENGINE.attention();
        AttentionShape shape = AttentionShape.headsFirst(2, 1, 3, 4, 5);
        AttentionMask none = AttentionMask.none();
        float[] lse = new float[6];
        return Stream.of(
                mistake("k too short", () -> ops.forward(shape, none, a, 0, b, 61, c, 0, d, 0, lse, 0), "k",
                        "[2, 1, 4, 5]", "101"),
                mistake("offset negative", () -> ops.forward(shape, none, a, -1, b, 0, c, 0, d, 0, lse, 0), "q", "-1"),
                mistake("logSumExp too short", () -> ops.forward(shape, none, a, 0, b, 0, c, 0, d, 0, lse, 1),
                        "logSumExp", "7", "6"),
                mistake("out is q", () -> ops.forward(shape, none, a, 0, b, 0, c, 0, a, 0, lse, 0), "out overlaps q"),
                mistake("logSumExp in out", () -> ops.forward(shape, none, a, 0, b, 0, c, 0, d, 0, d, 29),
                        "logSumExp overlaps out"),
                mistake(
                        "too few lengths",
                        () -> ops.forward(shape, AttentionMask.keyLengths(new int[1]), a, 0, b, 0, c, 0, d, 0, lse, 0),
                        "1 key lengths", "2 items"),
                mistake(
                        "more keys than there are",
                        () -> ops.forward(shape, AttentionMask.causalKeyLengths(new int[] {4, 5}), a, 0, b, 0, c, 0, d,
                                0, lse, 0),
                        "keyLengths[1] is 5", "0..4"),
                mistake(
                        "dK over dV",
                        () -> ops.backward(
                                shape, none, a, 0, b, 0, c, 0, d, 0, lse, 0, d, 50, filled(30), 0, a, 40, a, 60),
                        "dV overlaps dK"),
                mistake(
                        "dQ is dOut",
                        () -> ops.backward(
                                shape, none, a, 0, b, 0, c, 0, d, 0, lse, 0, d, 50, d, 50, filled(40), 0, filled(40),
                                0),
                        "dQ overlaps dOut"),
                mistake(
                        "rows of out overlap",
                        () -> ops.forward(
                                AttentionShape.strided(
                                        1, 2, 2, 3, 4, 5, new AttentionShape.Layout(30, 15, 5),
                                        new AttentionShape.Layout(40, 20, 5), new AttentionShape.Layout(40, 20, 5),
                                        new AttentionShape.Layout(30, 14, 5)),
                                none, a,
                                0, b, 0,
                                c, 0, d, 0, lse, 0),
                        "out", "overlap"),
                mistake("row stride below headDim", () -> AttentionShape.interleaved(1, 2, 3, 4, 5, 10, 10, 9, 10),
                        "vRowStride is 9", "10"),
                mistake("negative heads", () -> AttentionShape.headsFirst(1, -2, 3, 4, 5), "-2"),
                mistake("beyond int", () -> AttentionShape.headsFirst(1, 1 << 16, 1 << 16, 1, 1), "65536"),
                mistake(
                        "matrices that do not fit",
                        () -> ENGINE.attention(
                                new Matrix(a, 0, 3, 4, 4), new Matrix(b, 0, 5, 4, 4), new Matrix(c, 0, 4, 4, 4),
                                new Matrix(d, 0, 3, 4, 4), none),
                        "[3 x 4]", "[5 x 4]", "[4 x 4]"));
    }

    @TestFactory
    Stream<DynamicTest> matrix() {
        return Stream.of(
                mistake("array of another size", () -> Matrix.of(a, 9, 11), "[9 x 11]", "99", "100"),
                mistake("beyond the array", () -> new Matrix(a, 1, 10, 10, 10), "[10 x 10]", "101"),
                mistake("beyond int", () -> Matrix.zeros(1 << 16, 1 << 15), "65536"),
                mistake("part outside", () -> Matrix.of(a, 10, 10).slice(5, 5, 5, 6), "5..11", "[10 x 10]"),
                mistake("threads", () -> Engine.builder().threads(0), "threads", "0"));
    }

    private static DynamicTest missing(String name, Runnable call) {
        return DynamicTest.dynamicTest(name, () -> {
            NullPointerException e = assertThrows(NullPointerException.class, call::run);
            assertEquals(name, e.getMessage());
        });
    }

    @TestFactory
    Stream<DynamicTest> nullsAreNamed() {
        MatMulOps matMul = ENGINE.matMul();
        ElementwiseOps elements = ENGINE.elementwise();
        EmbeddingOps embedding = ENGINE.embedding();
        Transpose no = Transpose.NO;
        Matrix x = new Matrix(a, 0, 4, 4, 4);
        Matrix w = new Matrix(b, 0, 4, 4, 4);
        Matrix y = new Matrix(c, 0, 4, 4, 4);
        PackedMatrix packed = matMul.pack(w);
        return Stream.of(
                missing("transposeA", () -> matMul.multiply(null, no, 1, x, w, 0, y)),
                missing("transposeB", () -> matMul.multiply(no, null, 1, x, w, 0, y)),
                missing("transposeA", () -> matMul.multiply(null, no, 4, 4, 4, 1, a, 0, 4, b, 0, 4, 0, c, 0, 4)),
                missing("transposeB", () -> matMul.multiply(no, null, 4, 4, 4, 1, a, 0, 4, b, 0, 4, 0, c, 0, 4)),
                missing(
                        "transposeA",
                        () -> matMul.multiplyBatch(
                                1, null, no, 4, 4, 4, 1, a, 0, 4, 0, b, 0, 4, 0, 0, c, 0, 4, 0)),
                missing(
                        "transposeB",
                        () -> matMul.multiplyBatch(
                                1, no, null, 4, 4, 4, 1, a, 0, 4, 0, b, 0, 4, 0, 0, c, 0, 4, 0)),
                missing("transposeA", () -> matMul.multiply(null, 4, 1, a, 0, 4, packed, 0, c, 0, 4, null)),
                missing("transposeB", () -> matMul.pack(null, 4, 4, b, 0, 4)),
                missing("B", () -> matMul.pack(no, 4, 4, null, 0, 4)),
                missing("x", () -> elements.add(4, null, 0, b, 0, c, 0)),
                missing("y", () -> elements.add(4, a, 0, null, 0, c, 0)),
                missing("bias", () -> elements.addBias(2, 4, a, 0, 4, null, 0, c, 0, 4)),
                missing("dY", () -> elements.biasGradient(2, 4, null, 0, 4, c, 0)),
                missing("ids", () -> embedding.gather(2, 4, null, 0, 9, a, 0, c, 0, 4)),
                missing("x", () -> embedding.addPositions(1, 2, 4, b, 0, null, 0)),
                missing("data", () -> new Matrix(null, 0, 0, 0, 0)));
    }

    @Test
    void elementOutsideAMatrixIsRefused() {
        Matrix matrix = Matrix.of(a, 10, 10);
        assertThrows(IndexOutOfBoundsException.class, () -> matrix.get(10, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> matrix.set(0, 10, 1f));
    }
}
