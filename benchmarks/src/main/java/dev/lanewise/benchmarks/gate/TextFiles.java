package dev.lanewise.benchmarks.gate;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads and writes text; what goes wrong is one line that names the file and says why. */
final class TextFiles {
    private TextFiles() {}

    /** Reads a file; the hint goes behind the message that there is none. */
    static String read(Path file, String hint) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new GateException(file + " does not exist" + hint, e);
        } catch (IOException e) {
            throw new GateException(file + " can't be read: " + why(file, e), e);
        }
    }

    /** Writes a file, over the one that is there. */
    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new GateException(file + " can't be written: " + why(file, e), e);
        }
    }

    /** Fails where {@link #write} would for want of a folder or of the right to write: before minutes of measuring. */
    static void requireWritable(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        String problem = null;
        if (Files.isDirectory(file)) {
            problem = "it is a folder";
        } else if (folder == null || !Files.isDirectory(folder)) {
            problem = "there is no folder " + folder;
        } else if (!Files.isWritable(Files.exists(file) ? file : folder)) {
            problem = "access is denied";
        }
        if (problem != null) {
            throw new GateException(file + " can't be written: " + problem);
        }
    }

    /** In words: many of these exceptions have the name of the file, or a length, for a message. */
    private static String why(Path file, IOException e) {
        if (Files.isDirectory(file)) {
            return "it is a folder";
        }
        if (e instanceof CharacterCodingException) {
            return "it is not text in UTF-8";
        }
        if (e instanceof NoSuchFileException) {
            return "there is no folder " + file.toAbsolutePath().getParent();
        }
        if (e instanceof AccessDeniedException) {
            return "access is denied";
        }
        String reason = e instanceof FileSystemException problem ? problem.getReason() : e.getMessage();
        return reason == null ? e.getClass().getSimpleName() : reason;
    }
}
