public import API
public import Model

extension Call {
    /// A filter of a list, nil where it is empty: clients send `?type=` for "any".
    public func filter(_ parameter: QueryParameter<String>) throws(Fault) -> String? {
        guard let text = try self[parameter], !text.isEmpty else { return nil }
        return text
    }
}
