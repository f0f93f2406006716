import Settings

/// The Placement service.
struct PlacementSettings: Sendable {
    /// Which candidates are combined into one.
    let foldCandidates: CandidateFolding
    let searchSteps: Int
    /// Nil means unlimited.
    let mostCandidates: Int?
    /// The order of candidates.
    let generationStrategy: GenerationStrategy
    /// Whether limited responses are random samples.
    let randomizes: Bool
    let incompleteConsumerProject: String
    let incompleteConsumerUser: String

    init(_ reader: inout SettingsReader) {
        foldCandidates = reader.choice(
            "placement.fold_candidates",
            "Which equivalent candidates are combined into one: none, as in the original; those that differ only in which of "
                + "several equal groups uses which provider (equal-groups); also those that differ only in which of several "
                + "interchangeable devices they use (equal-devices).",
            default: .none)
        searchSteps = reader.number(
            "placement.search_steps",
            "Maximum number of steps of one search for candidates; after that it returns what it has found.",
            in: 10_000...1_000_000_000, default: 2_000_000)
        let most = reader.number(
            "placement.max_allocation_candidates",
            "Maximum number of candidates in one response; 0 or -1 means unlimited.",
            in: -1...10_000_000, default: 0)
        mostCandidates = most > 0 ? most : nil
        generationStrategy = reader.choice(
            "placement.allocation_candidates_generation_strategy",
            "Order of candidates in a limited response: each host's first before any host's second (breadth-first), or all of "
                + "a host before the next host's (depth-first, the original's default).", default: .breadthFirst)
        randomizes = reader.boolean(
            "placement.randomize_allocation_candidates",
            "Whether a limited response is a random sample of all candidates; the search then looks for all of them.",
            default: false)
        incompleteConsumerProject = reader.text(
            "placement.incomplete_consumer_project_id",
            "Project of allocations that clients write with versions before 1.8.",
            default: "00000000-0000-0000-0000-000000000000")
        incompleteConsumerUser = reader.text(
            "placement.incomplete_consumer_user_id",
            "User of allocations that clients write with versions before 1.8.",
            default: "00000000-0000-0000-0000-000000000000")
    }
}

enum CandidateFolding: String, Sendable, CaseIterable {
    case none
    case equalGroups = "equal-groups"
    case equalDevices = "equal-devices"
}

enum GenerationStrategy: String, Sendable, CaseIterable {
    case depthFirst = "depth-first"
    case breadthFirst = "breadth-first"
}
