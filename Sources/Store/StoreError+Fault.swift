public import Model

extension StoreError: FaultConvertible {
    /// 503 where another try may succeed, else 500; what the engine said goes to the log only.
    public var fault: Fault {
        if isTransient || [.busy, .connection, .closed].contains(code) {
            return .unavailable("The database cannot be reached at the moment; try again.", context: debugDescription)
        }
        return .internalError(debugDescription)
    }
}
