public import Model

/// Data that a work item needs besides its envelope.
public struct ItemData: Sendable {
    public typealias Take = @Sendable (_ piece: [UInt8]) async throws(Fault) -> Void

    /// Hands them over as they come from where they are.
    let write: @Sendable (_ take: Take) async throws(Fault) -> Void

    public init(_ write: @escaping @Sendable (_ take: Take) async throws(Fault) -> Void) {
        self.write = write
    }
}
