/// The Placement service.
public struct PlacementSettings: Sendable {
    /// Which candidates count as the same.
    public let foldCandidates: CandidateFolding
    public let searchSteps: Int
    /// Nil is no bound.
    public let mostCandidates: Int?
    public let incompleteConsumerProject: String
    public let incompleteConsumerUser: String

    init(_ reader: inout SettingsReader) {
        foldCandidates = reader.choice(
            "placement.fold_candidates",
            "Which candidates are listed once: those that differ in which of equal groups has which provider "
                + "(equal-groups), also those that differ in which of interchangeable devices they use (equal-devices).",
            default: .equalGroups)
        searchSteps = reader.number(
            "placement.search_steps", "Steps that one search for candidates may take before it answers what it has.",
            in: 10_000...1_000_000_000, default: 2_000_000)
        let most = reader.number(
            "placement.max_allocation_candidates", "The most candidates of one answer; 0 is no bound.",
            in: 0...10_000_000, default: 0)
        mostCandidates = most == 0 ? nil : most
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
