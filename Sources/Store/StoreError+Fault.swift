public import Model

extension StoreError: FaultConvertible {
    /// 503 with the reason if the database as a whole is affected, otherwise 500. The engine's message goes only to the
    /// log.
    public var fault: Fault {
        switch code {
        case .full:
            .unavailable(
                "The disk of the database is full, so nothing was changed; the operator must make room there.",
                context: debugDescription)
        case .readOnly:
            .unavailable(
                "The database takes no writes at the moment, so nothing was changed; try again later.",
                context: debugDescription)
        case .damaged:
            .unavailable("The database is damaged; the operator must restore a backup.", context: debugDescription)
        case .outcomeUnknown:
            .unavailable(
                "The connection to the database was lost during the commit, so it is unknown whether the change was made; "
                    + "check that before trying again.", context: debugDescription)
        case _ where isTransient || [.busy, .connection, .closed].contains(code):
            .unavailable("The database cannot be reached at the moment; try again.", context: debugDescription)
        default: .internalError(debugDescription)
        }
    }
}
