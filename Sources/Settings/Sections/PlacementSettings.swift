/// The Placement service.
public struct PlacementSettings: Sendable {
    /// Which candidates count as the same.
    public let foldCandidates: CandidateFolding
    public let searchSteps: Int
    /// Nil is no bound.
    public let mostCandidates: Int?
    /// In which order the trees are taken.
    public let generationStrategy: GenerationStrategy
    /// Whether answers are samples by chance.
    public let randomizes: Bool
    public let incompleteConsumerProject: String
    public let incompleteConsumerUser: String

    init(_ reader: inout SettingsReader) {
        foldCandidates = reader.choice(
            "placement.fold_candidates",
            "Which candidates are listed once: none, as the original does; those that differ in which of equal groups has "
                + "which provider (equal-groups); also those that differ in which of interchangeable devices they use "
                + "(equal-devices).",
            default: .none)
        searchSteps = reader.number(
            "placement.search_steps", "Steps that one search for candidates may take before it answers what it has.",
            in: 10_000...1_000_000_000, default: 2_000_000)
        let most = reader.number(
            "placement.max_allocation_candidates", "The most candidates of one answer; 0 or -1 is no bound.",
            in: -1...10_000_000, default: 0)
        mostCandidates = most > 0 ? most : nil
        generationStrategy = reader.choice(
            "placement.allocation_candidates_generation_strategy",
            "Which candidates a limited answer has: each host's first before any host's second (breadth-first), or all of "
                + "a host before the next host's (depth-first, the original's default).", default: .breadthFirst)
        randomizes = reader.boolean(
            "placement.randomize_allocation_candidates",
            "Whether a limited answer is a sample by chance of all candidates, which are all looked for then.",
            default: false)
        incompleteConsumerProject = reader.text(
            "placement.incomplete_consumer_project_id",
            "Project under which allocations are filed that clients before version 1.8 write.",
            default: "00000000-0000-0000-0000-000000000000")
        incompleteConsumerUser = reader.text(
            "placement.incomplete_consumer_user_id",
            "User under which allocations are filed that clients before version 1.8 write.",
            default: "00000000-0000-0000-0000-000000000000")
    }
}

public enum CandidateFolding: String, Sendable, CaseIterable {
    case none
    case equalGroups = "equal-groups"
    case equalDevices = "equal-devices"
}

public enum GenerationStrategy: String, Sendable, CaseIterable {
    case depthFirst = "depth-first"
    case breadthFirst = "breadth-first"
}
