using System.Runtime.InteropServices;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Mixing;

/// <summary>What a mixture has to know of a document to give it its place.</summary>
/// <param name="Domain">Its number among those of its shard.</param>
/// <param name="Size">In the unit of the mixture.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly record struct MixedDocument(int Domain, DocumentMark Mark, long Size, ulong Draw);

/// <summary>How much of a domain is taken.</summary>
/// <param name="Whole">How often all of it.</param>
/// <param name="Below">Of the epoch after those only documents with a lower draw.</param>
/// <param name="Size">What that comes to.</param>
public sealed record DomainShare(int Whole, ulong Below, long Size);

/// <summary>A document in a mixture: a row of a shard, in the epoch-th copy of its domain, from 1.</summary>
public readonly record struct MixedPlace(int Domain, int Epoch, int Shard, int Row, DocumentMark Mark, long Size);
