/** Threads and scratch memory: what the kernels run on. Knows nothing of arithmetic. */
package dev.lanewise.runtime;
