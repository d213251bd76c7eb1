/** The engine's one door: what an embedding program imports. */
package dev.lanewise;
