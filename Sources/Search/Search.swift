// Candidate search over an in-memory index of every provider tree; pure, no input or output.
//
//     ProviderDescription ─▶ PlacementIndex ─▶ CandidateSearch(CandidateRequest) ─▶ CandidateSet
//
// The index is a value: a reader copies it (a few reference counts) and searches without locks, while the owner patches
// its own copy. Flat columns over trees say which trees are worth a look; a tree itself is one small immutable object,
// replaced as a whole when any of its providers changes.
