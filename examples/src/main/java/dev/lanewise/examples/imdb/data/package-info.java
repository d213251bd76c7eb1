/**
 * Where the film reviews come from: readers of the Kaggle file and of Stanford's archive, the search
 * for them on disk, the download, a synthetic corpus for machines without either, and the split into
 * training, validation and test parts.
 *
 * <p>The data set: Andrew L. Maas, Raymond E. Daly, Peter T. Pham, Dan Huang, Andrew Y. Ng and
 * Christopher Potts, "Learning Word Vectors for Sentiment Analysis", Proceedings of ACL-HLT 2011,
 * pages 142-150. None of it is part of this project.
 */
package dev.lanewise.examples.imdb.data;
