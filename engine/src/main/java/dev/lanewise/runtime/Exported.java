package dev.lanewise.runtime;

/** Keeps the exported package from being empty until its first class is here. */
final class Exported {
    private Exported() {}
}
