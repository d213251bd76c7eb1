/**
 * Transformer layers as forward/backward pairs.
 *
 * <h2>Who owns what</h2>
 * Layers own their parameters, which all lie in the arrays of one {@link dev.lanewise.nn.Parameters}. Callers own the
 * activations: a forward pass writes its output and what backward needs into arrays and into a layer's
 * {@code Activations}, which grow to the largest batch and are reused, so that training allocates next to nothing; a
 * backward pass reads them and adds to the gradients of the parameters; it refuses activations that hold no forward pass,
 * or one over other sizes. There is no tape and no hidden state.
 *
 * <p>Forward passes of a layer may run at once, each with activations of its own, as long as nobody changes the parameters.
 * Backward passes of one {@link dev.lanewise.nn.Parameters} run one at a time, even those of different layers or batches:
 * all add to the same gradients, and to the list of touched rows of a {@link dev.lanewise.nn.ParameterTable}, without a lock.
 *
 * <h2>Conventions</h2>
 * Arrays are row-major, dense and start at index 0; they may be longer than needed. A token is a row: a batch of
 * sequences is [batch * seqLen x modelDim], sequence after sequence. {@code lengths} tells how many tokens of each
 * sequence count; the rest is padding, which is computed but seen by no other token. An encoder also takes ragged batches,
 * sequences of different lengths end to end, whose {@code offsets} tell where each starts. A training step is numbered from 0,
 * and {@link dev.lanewise.nn.Dropout#EVALUATION} stands for no training. Results have the same bits for any number of
 * threads.
 *
 * <h2>A training step</h2>
 * <pre>{@code
 * Parameters.Builder builder = Parameters.builder(seed);
 * Embedding words = new Embedding(builder, "words", vocabulary, 64, 0, Initializer.normal(0.05));
 * Encoder encoder = new Encoder(builder, "encoder", new Encoder.Config(64, 4, 128, 2, Activation.GELU, 0.1f, false));
 * ClassifierHead head = new ClassifierHead(builder, "head", 64, 2, 0.4f);
 * Parameters parameters = builder.build();
 * AdamW optimizer = new AdamW(parameters, AdamW.Settings.DEFAULT);
 *
 * parameters.zeroGradients();
 * words.forward(engine, batch * seqLen, ids, x, Write.OVERWRITE, keptWords);
 * encoder.forward(engine, batch, seqLen, lengths, x, keptEncoder, step);
 * pooling.forward(engine, batch, seqLen, lengths, keptEncoder.output(), pooled);
 * head.forward(engine, batch, pooled, logits, keptHead, step);
 * double mean = loss.forward(engine, batch, logits, labels, keptLoss);
 *
 * loss.backward(engine, batch, logits, labels, dLogits);
 * head.backward(engine, keptHead, dLogits, dPooled);
 * pooling.backward(engine, batch, seqLen, lengths, dPooled, dY);
 * encoder.backward(engine, keptEncoder, dY, dX);
 * words.backward(engine, keptWords, dX);
 * clipping.clip(engine, parameters);
 * optimizer.step(engine, schedule.rate(step));
 * }</pre>
 */
package dev.lanewise.nn;
