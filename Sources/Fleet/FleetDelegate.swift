public import Link
public import Model
public import Store

/// What the control plane does with what agents say. Implemented by `Accelerators`.
public protocol FleetDelegate: Sendable {
    /// Takes over a host's report; runs in one transaction.
    func receive(_ report: HostReport, from host: HostName, at now: Timestamp, in transaction: any Transaction) throws

    /// Takes over what differs from the report before, whose generation is `change.base`; runs in one transaction.
    func receive(
        _ change: HostReportChange, from host: HostName, at now: Timestamp, in transaction: any Transaction) throws

    /// Whether something of the host's last report could not be taken, so that the next one has to be whole again.
    func wantsWhole(of host: HostName, in transaction: any Transaction) throws -> Bool

    /// What of the providers of `host` is to be withheld: all of one, or a class of one that has several.
    func disabledParts(of host: HostName, in transaction: any Transaction) throws -> [ProviderPart]

    /// A work item ended; called in the transaction that marks it ended, exactly once.
    func finished(_ item: WorkItem, on host: HostName, _ outcome: WorkOutcome, in transaction: any Transaction) throws

    /// Who holds handles of `host`.
    func holdings(of host: HostName, in transaction: any Transaction) throws -> HandleHoldings

    /// Where the sanitisation certificates of `host` end; nil before the first.
    func certificateChain(of host: HostName, in transaction: any Transaction) throws -> CertificateChainHead?

    /// The host's agent says where it knows them to end.
    func heard(
        _ known: CertificateChainHead, of host: HostName, at now: Timestamp, in transaction: any Transaction) throws

    /// A host went up or down; called in the transaction that marks it so.
    func changed(
        _ host: HostName, to state: HostLiveness.State, at now: Timestamp, in transaction: any Transaction) throws
}

extension FleetDelegate {
    /// No.
    public func wantsWhole(of host: HostName, in transaction: any Transaction) throws -> Bool { false }

    /// Nobody.
    public func holdings(of host: HostName, in transaction: any Transaction) throws -> HandleHoldings {
        HandleHoldings()
    }

    /// Nil.
    public func certificateChain(
        of host: HostName, in transaction: any Transaction
    ) throws -> CertificateChainHead? { nil }

    /// Nothing.
    public func heard(
        _ known: CertificateChainHead, of host: HostName, at now: Timestamp, in transaction: any Transaction
    ) throws {}

    /// Nothing.
    public func changed(
        _ host: HostName, to state: HostLiveness.State, at now: Timestamp, in transaction: any Transaction
    ) throws {}
}
