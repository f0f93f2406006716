public import Link
public import Model
public import Store

/// The party that takes what hosts say of their devices, in the messages that `DeviceLink` has for them.
public protocol DeviceRecords: FleetParty {
    /// Takes over a host's report; runs in one transaction.
    func receive(_ report: HostReport, from host: HostName, at now: Timestamp, in transaction: any Transaction) throws

    /// Applies the differences from the previous report, whose generation is `change.base`; runs in one transaction.
    func receive(
        _ change: HostReportChange, from host: HostName, at now: Timestamp, in transaction: any Transaction) throws

    /// Whether something in the host's last report could not be applied, so that the next one must be complete.
    func wantsWhole(of host: HostName, in transaction: any Transaction) throws -> Bool

    /// Who holds handles of `host`.
    func holdings(of host: HostName, in transaction: any Transaction) throws -> HandleHoldings
}

extension DeviceRecords {
    /// No.
    public func wantsWhole(of host: HostName, in transaction: any Transaction) throws -> Bool { false }

    /// Returns no holdings.
    public func holdings(of host: HostName, in transaction: any Transaction) throws -> HandleHoldings {
        HandleHoldings()
    }
}
