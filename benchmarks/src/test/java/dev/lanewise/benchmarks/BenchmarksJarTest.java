package dev.lanewise.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts the jar as a user would. A build without the annotation processor passes, and yields a jar that lists nothing. */
class BenchmarksJarTest {
    @Test
    void listsEveryBenchmark() throws Exception {
        String listed = run(0, "-jar", jar(), "-l").lines().filter(line -> line.startsWith("dev.lanewise."))
                .map(line -> line.strip().replace("dev.lanewise.benchmarks.", ""))
                .collect(Collectors.toCollection(TreeSet::new)).stream().collect(Collectors.joining("\n", "", "\n"));
        assertEquals(
                """
                        ActivationBenchmark.gelu
                        ActivationBenchmark.geluBackward
                        ActivationBenchmark.relu
                        ActivationBenchmark.reluBackward
                        AttentionBatchBenchmark.forward
                        AttentionBatchBenchmark.forwardAndBackward
                        AttentionBenchmark.forward
                        AttentionBenchmark.forwardAndBackward
                        AttentionMaskBenchmark.forward
                        AttentionMaskBenchmark.forwardAndBackward
                        AttentionOptionsBenchmark.forward
                        AttentionOptionsBenchmark.forwardAndBackward
                        BandwidthBenchmark.copy
                        BandwidthBenchmark.copyParallel
                        BandwidthBenchmark.read
                        BandwidthBenchmark.readParallel
                        BandwidthBenchmark.triad
                        BandwidthBenchmark.triadParallel
                        ElementFunctionBenchmark.backward
                        ElementFunctionBenchmark.forward
                        ElementwiseBenchmark.addBias
                        ElementwiseBenchmark.addResidual
                        ElementwiseBenchmark.biasGradient
                        ElementwiseBenchmark.dropout
                        ElementwiseBenchmark.scale
                        ElementwiseBenchmark.sumOfSquares
                        EmbeddingBenchmark.addPositions
                        EmbeddingBenchmark.gather
                        EmbeddingBenchmark.gatherAdd
                        EmbeddingBenchmark.meanPool
                        EmbeddingBenchmark.meanPoolBackward
                        EmbeddingBenchmark.scatterAdd
                        EncoderBenchmark.trainingStep
                        FusedEpilogueBenchmark.biasGelu
                        FusedEpilogueBenchmark.biasGeluApart
                        FusedEpilogueBenchmark.biasGeluKept
                        FusedEpilogueBenchmark.biasRelu
                        FusedEpilogueBenchmark.biasResidual
                        FusedEpilogueBenchmark.geluDerivative
                        FusedEpilogueBenchmark.plain
                        LayerNormBenchmark.backward
                        LayerNormBenchmark.forward
                        LayerNormBenchmark.residual
                        LogSoftmaxBenchmark.backward
                        LogSoftmaxBenchmark.forward
                        LogSoftmaxBenchmark.loss
                        LogSoftmaxBenchmark.lossBackward
                        LogSoftmaxBenchmark.lossWithGradient
                        MatMulBatchBenchmark.scores
                        MatMulBatchBenchmark.weightedSum
                        MatMulBenchmark.multiply
                        MatMulShapesBenchmark.forward
                        MatMulShapesBenchmark.inputGradient
                        MatMulShapesBenchmark.weightGradient
                        MatrixVectorBenchmark.matrixByVector
                        MatrixVectorBenchmark.vectorByMatrix
                        OuterProductBenchmark.accumulate
                        OuterProductBenchmark.overwrite
                        PackedMatrixBenchmark.packed
                        PackedMatrixBenchmark.repacked
                        PackedMatrixBenchmark.unpacked
                        PeakBenchmark.fma
                        PeakBenchmark.fmaParallel
                        RmsNormBenchmark.backward
                        RmsNormBenchmark.forward
                        RotaryBenchmark.halves
                        RotaryBenchmark.halvesBackward
                        RotaryBenchmark.interleaved
                        SoftmaxBenchmark.backward
                        SoftmaxBenchmark.forward
                        SoftmaxBenchmark.prefix
                        TrainingStepBenchmark.trainingStep
                        UpdateBenchmark.adamW
                        UpdateBenchmark.adamWRows
                        """,
                listed);
    }

    @Test
    void implementationThatIsNotInTheJarIsLeftOutWithALineThatSaysSo() throws Exception {
        String printed = run(1, "-jar", jar(), "MatMulBenchmark", "-p", "implementation=NOBODY");
        assertTrue(printed.contains("implementation NOBODY is not in this jar: "), printed);
        assertFalse(printed.contains("at dev.lanewise"), printed);
        assertFalse(printed.contains("# Run progress"), printed);
    }

    @Test
    void loopsThatWouldTakeMinutesAreLeftOutWithALineThatSaysSo() throws Exception {
        String printed = run(
                1, "-jar", jar(), "AttentionMaskBenchmark", "-p", "mask=CAUSAL", "-p", "tokens=2048", "-p",
                "implementation=NAIVE");
        assertEquals(
                "AttentionMaskBenchmark leaves NAIVE out, which would take minutes, with mask=CAUSAL tokens=2048",
                printed.strip());
    }

    @Test
    void whatIsNotLeftOutIsOneResult(@TempDir Path folder) throws Exception {
        Path results = folder.resolve("results.csv");
        String printed = run(
                0, "-jar", jar(), "AttentionBenchmark.forward$", "-p", "headDim=32", "-p", "tokens=128,2048", "-f",
                "1", "-wi", "0", "-i", "1", "-r", "10ms", "-rf", "csv", "-rff", results.toString());
        assertFalse(printed.contains("Exception"), printed);
        List<String> rows = Files.readAllLines(results).stream().filter(row -> row.contains("forward\"")).toList();
        assertEquals(5, rows.size(), rows.toString());
    }

    @Test
    void gateRunsFromTheJar() throws Exception {
        run(0, "-cp", jar(), "dev.lanewise.benchmarks.gate.Gate", "--help");
        run(3, "-cp", jar(), "dev.lanewise.benchmarks.gate.Gate", "--results", "no-such-file.json", "--width", "256");
    }

    @Test
    void sharesRunsFromTheJar() throws Exception {
        run(0, "-cp", jar(), "dev.lanewise.benchmarks.gate.Shares", "--help");
        run(3, "-cp", jar(), "dev.lanewise.benchmarks.gate.Shares", "no-such-file.json");
    }

    @Test
    void gateMeasuresWhatIsThereAndDoesNotPassWhatIsNot(@TempDir Path folder) throws Exception {
        String limit = """
                {"benchmark": "%s", "params": {%s}, "floors": {"128": 1.1, "256": 1.1, "512": 1.1}, "bytesPerOperation": 500}""";
        Path limits = Files.writeString(
                folder.resolve("limits.json"),
                "[" + limit.formatted("SoftmaxBenchmark.forward", "\"cols\": \"65\"") + ","
                        + limit.formatted("RemovedBenchmark.run", "") + "]");
        String report = run(
                2, "-cp", jar(), "dev.lanewise.benchmarks.gate.Gate", "--limits", limits.toString(), "--forks", "1");
        assertTrue(report.contains("1 of 2 benchmarks could not be judged"), report);
        assertTrue(report.contains("| SoftmaxBenchmark.forward | cols=65 | "), report);
        assertTrue(report.contains("- NOT JUDGED: RemovedBenchmark.run -: no result for NAIVE"), report);
    }

    private static String jar() {
        return Path.of(System.getProperty("benchmarks.jar")).toString();
    }

    private static String run(int exitCode, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertEquals(exitCode, process.waitFor(), output);
        return output;
    }
}
