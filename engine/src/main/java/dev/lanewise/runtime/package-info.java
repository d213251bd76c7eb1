/** Workers, workspaces and cache sizes. */
package dev.lanewise.runtime;
