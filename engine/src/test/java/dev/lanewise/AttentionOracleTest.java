package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.kernels.AttentionCall;
import dev.lanewise.testing.Seeds;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** That the gradients of the oracle are the slopes of its forward pass, for every feature, and that its checks can fail. */
@Tag("once")
@ExtendWith(Seeds.class)
final class AttentionOracleTest {
    private static final int QUERIES = 6;
    private static final int KEYS = 9;
    private static final int DIM = 5;

    @Test
    void gradientsAreTheSlopesOfTheSumThatTheyBelongTo(Random random) {
        int shift = KEYS - QUERIES;
        for (HeadCase head : new HeadCase[] {
            head(random), head(random).validKeys(7), head(random).band(-AttentionCall.UNLIMITED, shift),
            head(random).band(shift - 3, shift + 1), head(random).bias(), head(random).dropout(0.4f),
            head(random).band(shift - 4, shift).validKeys(8).bias().dropout(0.3f)
        }) {
            AttentionOracle oracle = head.oracle();
            double[][] dOut = HeadCase.rows(head.dOut);
            AttentionOracle.Gradients gradients = oracle.new Gradients(dOut);
            checkSlopes(oracle, dOut, oracle.q, gradients.dQ, head + " dQ");
            checkSlopes(oracle, dOut, oracle.k, gradients.dK, head + " dK");
            checkSlopes(oracle, dOut, oracle.v, gradients.dV, head + " dV");
        }
    }

    @Test
    void gradientOfTheBiasIsTheSlopeAlongIt(Random random) {
        HeadCase head = head(random).validKeys(8).dropout(0.3f).bias();
        double[][] bias = HeadCase.rows(head.bias);
        AttentionOracle.Rules rules = new AttentionOracle.Rules() {
            @Override
            public boolean seen(int i, int j) {
                return head.oracle().rules.seen(i, j);
            }

            @Override
            public double bias(int i, int j) {
                return bias[i][j];
            }

            @Override
            public double kept(int i, int j) {
                return head.oracle().rules.kept(i, j);
            }
        };
        AttentionOracle o = head.oracle();
        AttentionOracle oracle = new AttentionOracle(o.scale, rules, o.q, o.k, o.v, o.dim);
        double[][] dOut = HeadCase.rows(head.dOut);
        checkSlopes(oracle, dOut, bias, oracle.new Gradients(dOut).dBias, head + " dBias");
    }

    private static HeadCase head(Random random) {
        return new HeadCase(random, QUERIES, KEYS, DIM);
    }

    private static void checkSlopes(
            AttentionOracle o, double[][] dOut, double[][] variable, double[][] gradient, String what) {
        double step = 1e-5;
        for (int r = 0; r < variable.length; r++) {
            for (int d = 0; d < variable[r].length; d++) {
                double value = variable[r][d];
                variable[r][d] = value + step;
                double up = weighed(new AttentionOracle(o.scale, o.rules, o.q, o.k, o.v, o.dim), dOut);
                variable[r][d] = value - step;
                double down = weighed(new AttentionOracle(o.scale, o.rules, o.q, o.k, o.v, o.dim), dOut);
                variable[r][d] = value;
                assertEquals((up - down) / (2 * step), gradient[r][d], 1e-8, what + " of row " + r);
            }
        }
    }

    private static double weighed(AttentionOracle oracle, double[][] dOut) {
        double sum = 0;
        for (int i = 0; i < dOut.length; i++) {
            for (int d = 0; d < dOut[i].length; d++) {
                sum += dOut[i][d] * oracle.out[i][d];
            }
        }
        return sum;
    }

    @Test
    void errorInOneElementIsFound(Random random) {
        HeadCase right = head(random).run(Engines.kernels(Implementation.SCALAR).attention());
        right.check();
        right.dK.set(3, 2, right.dK.get(3, 2) + 1e-4f);
        assertThrows(AssertionError.class, right::check);
        HeadCase masked = head(random).band(0, 2).run(Engines.kernels(Implementation.SCALAR).attention());
        masked.check();
        masked.band(0, 3);
        assertThrows(AssertionError.class, masked::check);
    }
}
