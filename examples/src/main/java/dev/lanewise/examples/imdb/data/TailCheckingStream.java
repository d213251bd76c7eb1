package dev.lanewise.examples.imdb.data;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Watches how many of the last bytes of a stream were zero. A tar archive ends in two blocks of 512
 * zeros; without this check an uncompressed archive that was cut between two entries looks whole.
 */
final class TailCheckingStream extends FilterInputStream {

    private static final int END_OF_ARCHIVE = 1024;

    private long zerosAtEnd;

    TailCheckingStream(InputStream in) {
        super(in);
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        if (value >= 0) {
            zerosAtEnd = value == 0 ? zerosAtEnd + 1 : 0;
        }
        return value;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = super.read(target, offset, length);
        if (count > 0) {
            int i = offset + count;
            while (i > offset && target[i - 1] == 0) {
                i--;
            }
            int zeros = offset + count - i;
            zerosAtEnd = zeros == count ? zerosAtEnd + count : zeros;
        }
        return count;
    }

    @Override
    public long skip(long n) throws IOException {
        byte[] scratch = new byte[(int) Math.min(n, 1 << 13)];
        long skipped = 0;
        while (skipped < n) {
            int count = read(scratch, 0, (int) Math.min(n - skipped, scratch.length));
            if (count < 0) {
                break;
            }
            skipped += count;
        }
        return skipped;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    /** Reads to the end, which makes gzip check its sum and length. */
    void drain() throws IOException {
        byte[] scratch = new byte[1 << 13];
        int count = 0;
        while (count >= 0) {
            count = read(scratch, 0, scratch.length);
        }
    }

    boolean endsInZeros() {
        return zerosAtEnd >= END_OF_ARCHIVE;
    }
}
