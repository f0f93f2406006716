public import Model

/// Several values in one query parameter, separated by commas.
public enum CommaList {
    /// More would be a mistake, and more than a database takes in one statement.
    public static let most = 1000

    /// The values without empty ones; throws 400 naming `parameter` where there are too many.
    public static func split(_ text: String, of parameter: String) throws(Fault) -> [String] {
        let values = text.split(separator: ",").map(String.init)
        guard values.count <= most else {
            throw .badRequest(
                "'\(parameter)' holds \(values.count) values; at most \(most) are possible.", field: parameter)
        }
        return values
    }
}
