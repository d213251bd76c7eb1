package dev.lanewise.examples.imdb.cli;

import dev.lanewise.examples.imdb.report.Environment;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {
            "imdb " + Environment.programVersion() + " (Lanewise example)",
            System.getProperty("java.vm.name") + " " + Runtime.version()
        };
    }
}
