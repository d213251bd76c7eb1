/** Optimisers and learning-rate schedules. */
package dev.lanewise.optim;
