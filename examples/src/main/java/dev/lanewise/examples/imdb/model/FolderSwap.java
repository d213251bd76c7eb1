package dev.lanewise.examples.imdb.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Puts a new folder in an old one's place by two renames: {@code model} becomes {@code .model-PID.new.old}, then
 * {@code .model-PID.new} becomes {@code model}. A process that is ended on the way leaves one of these, or both, to the
 * next one.
 */
final class FolderSwap {

    private static final String NEW = ".new";
    private static final String OLD = NEW + ".old";

    private final Path target;
    private final Path fresh;

    FolderSwap(Path folder) {
        target = folder.toAbsolutePath().normalize();
        fresh = target.resolveSibling("." + target.getFileName() + "-" + ProcessHandle.current().pid() + NEW);
    }

    /** Creates the new folder, empty; to be filled and put in place by {@link #swap}, and deleted if that fails. */
    Path create() throws IOException {
        Files.createDirectories(target.getParent());
        recover();
        return Files.createDirectory(fresh);
    }

    /** Puts the new folder in the old one's place; if that fails, the old one is put back. */
    void swap() throws IOException {
        if (!Files.exists(target)) {
            Files.move(fresh, target);
            return;
        }
        Path old = target.resolveSibling(fresh.getFileName() + ".old");
        Files.move(target, old);
        try {
            Files.move(fresh, target);
        } catch (IOException e) {
            Files.move(old, target, StandardCopyOption.REPLACE_EXISTING);
            throw e;
        }
        deleteTree(old);
    }

    void deleteFresh() throws IOException {
        deleteTree(fresh);
    }

    /**
     * Puts an old folder back that was left between the two renames, and deletes what else processes left that have ended.
     *
     * @return whether a folder was put back
     */
    boolean recover() throws IOException {
        Optional<Path> lost = lost();
        if (lost.isPresent()) {
            Files.move(lost.get(), target);
        }
        for (Path path : abandoned()) {
            deleteTree(path);
        }
        return lost.isPresent();
    }

    /** The folder that was in the target's place before a process was ended between the renames; empty where none is lost. */
    Optional<Path> lost() throws IOException {
        return Files.exists(target)
                ? Optional.empty()
                : abandoned().stream()
                        .filter(path -> path.toString().endsWith(OLD))
                        .max(Comparator.comparingLong(path -> path.toFile().lastModified()));
    }

    /** Folders of processes that have ended. One of this process's own number was left by an earlier one. */
    private List<Path> abandoned() throws IOException {
        Path parent = target.getParent();
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        Pattern name = Pattern.compile(
                Pattern.quote("." + target.getFileName() + "-") + "(\\d{1,18})" + Pattern.quote(NEW) + "(\\.old)?");
        try (Stream<Path> files = Files.list(parent)) {
            return files.filter(file -> {
                Matcher matcher = name.matcher(file.getFileName().toString());
                return matcher.matches() && hasEnded(Long.parseLong(matcher.group(1)));
            }).toList();
        }
    }

    private static boolean hasEnded(long pid) {
        return pid == ProcessHandle.current().pid() || !ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
