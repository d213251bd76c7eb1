package dev.lanewise.benchmarks.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class PeersTest {
    private static final List<String> SHAPES = List.of("1", "23x45x31", "64", "1x300x200", "100x1x100", "3*17x19x23");

    private static final LanewisePeer ENGINE = new LanewisePeer();

    @AfterAll
    static void closeEngine() {
        ENGINE.close();
    }

    @TestFactory
    Stream<DynamicTest> everyPeerMultipliesAsTheEngineDoes() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Peer peer : Peers.all()) {
            for (String size : SHAPES) {
                for (String transposes : List.of("NN", "NT", "TN", "TT")) {
                    Shape shape = Shape.parse(size + ":" + transposes);
                    tests.add(DynamicTest.dynamicTest(peer.name() + " " + shape.text(), () -> agrees(peer, shape)));
                }
            }
        }
        return tests.stream();
    }

    private static void agrees(Peer peer, Shape shape) throws PeerException {
        Assumptions.assumeTrue(refusal(peer).isEmpty(), () -> refusal(peer).orElseThrow());
        Workload.MatMul workload = shape.workload();
        List<float[]> expected = List.of(naive(workload));
        try (Call ours = ENGINE.prepare(workload, 1);
                Call theirs = peer.prepare(workload, 1)) {
            Contender.agree("LANEWISE", expected, Contender.result(ours, workload));
            Contender.agree(peer.name(), expected, Contender.result(theirs, workload));
        }
    }

    @TestFactory
    Stream<DynamicTest> torchComputesPartsOfATransformerAsTheEngineDoes() throws PeerException {
        Peer torch = Peers.find("TORCH");
        return Stream.of(
                "attention:2x3x70x32", "attention:2x3x70x32:causal", "softmax:17x83", "layernorm:17x83", "gelu:1001",
                "attention-training:2x3x70x32", "attention-training:1x2x130x64:causal", "softmax-training:17x83",
                "layernorm-training:17x83", "gelu-training:1001", "encoder:3x20", "encoder-training:3x20",
                "encoder-training:2x33x24x2x40x3")
                .map(text -> DynamicTest.dynamicTest(text, () -> agreesWithEngine(torch, Task.parse(text))));
    }

    @TestFactory
    Stream<DynamicTest> onnxRuntimeComputesPartsOfATransformerAsTheEngineDoes() throws PeerException {
        Peer runtime = Peers.find("ONNXRUNTIME");
        return Stream.of(
                "attention:2x3x70x32", "attention:2x3x70x32:causal", "softmax:17x83", "layernorm:17x83", "gelu:1001",
                "encoder:2x33x24x2x40x3")
                .map(text -> DynamicTest.dynamicTest(text, () -> agreesWithEngine(runtime, Task.parse(text))));
    }

    private static void agreesWithEngine(Peer peer, Task task) throws PeerException {
        Assumptions.assumeTrue(refusal(peer).isEmpty(), () -> refusal(peer).orElseThrow());
        Workload workload = task.workload();
        try (Call ours = ENGINE.prepare(workload, 1);
                Call theirs = peer.prepare(workload, 1)) {
            List<float[]> expected = Contender.result(ours, workload);
            Contender.agree(peer.name(), expected, Contender.result(theirs, workload));
        }
    }

    @Test
    void peerWithoutAPartInATaskSaysSo() throws PeerException {
        Peer ejml = Peers.find("EJML");
        Workload softmax = Task.parse("softmax:2x2").workload();
        String message = assertThrows(PeerException.class, () -> ejml.prepare(softmax, 1)).getMessage();
        assertEquals("EJML is skipped: it has no Softmax", message);
    }

    @Test
    void javaPeersRunOnEveryPlatform() throws PeerException {
        for (String name : List.of("NETLIB", "EJML")) {
            assertFalse(Peers.find(name).load(1).contains("unknown"), name);
        }
    }

    @Test
    void peerOfOneThreadRefusesTwo() throws PeerException {
        Peer ejml = Peers.find("EJML_PARALLEL");
        String message = assertThrows(PeerException.class, () -> ejml.load(2)).getMessage();
        assertEquals("EJML is skipped: it runs on one thread only", message);
    }

    @Test
    void mklIsLoadedAfterAllOthers() {
        assertEquals("MKL", Peers.all().getLast().name());
    }

    @Test
    void unknownNameIsAnsweredWithTheNamesThereAre() {
        String message = assertThrows(PeerException.class, () -> Peers.find("OPENBLASS")).getMessage();
        assertTrue(message.contains("OPENBLAS, ONEDNN, TORCH"), message);
        assertEquals(1, message.lines().count());
    }

    @Test
    void libraryOfAnotherPlatformIsSkippedWithTheReason() {
        String message = assertThrows(PeerException.class,
                () -> NativeLibrary.open("NOWHERE", "nowhere", "libnowhere.so"))
                .getMessage();
        assertTrue(message.startsWith("NOWHERE is skipped: this build has no native library of it for "), message);
    }

    @Test
    void resultThatIsWrongInOneElementIsNotTakenForRounding() throws PeerException {
        float[] expected = {1f, 2f, 3f};
        Contender.agree("X", expected, new float[] {1f, 2f, 3.00001f});
        assertThrows(PeerException.class, () -> Contender.agree("X", expected, new float[] {1f, 2.001f, 3f}));
        assertThrows(PeerException.class, () -> Contender.agree("X", expected, new float[] {1f, Float.NaN, 3f}));
    }

    private static Optional<String> refusal(Peer peer) {
        try {
            peer.load(1);
            return Optional.empty();
        } catch (PeerException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static float[] naive(Workload.MatMul w) {
        float[] c = new float[w.c().length];
        for (int p = 0; p < w.batch(); p++) {
            int a = p * w.m() * w.k();
            int b = p * w.k() * w.n();
            for (int i = 0; i < w.m(); i++) {
                for (int j = 0; j < w.n(); j++) {
                    double sum = 0;
                    for (int l = 0; l < w.k(); l++) {
                        double x = w.a()[a + (w.transposeA() ? l * w.m() + i : i * w.k() + l)];
                        double y = w.b()[b + (w.transposeB() ? j * w.k() + l : l * w.n() + j)];
                        sum += x * y;
                    }
                    c[p * w.m() * w.n() + i * w.n() + j] = (float) sum;
                }
            }
        }
        return c;
    }
}
