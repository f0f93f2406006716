public import FoundationEssentials

/// A piece of SQL with its values apart, so that a value can never become syntax.
///
///     let query: SQL = "SELECT name FROM resource_providers WHERE uuid = \(id)"
///
/// Interpolating a value collects it; interpolating another `SQL` splices it. `render` writes placeholders for an
/// engine: `?` for SQLite, `$1` for PostgreSQL.
public struct SQL: Sendable, ExpressibleByStringInterpolation {
    public enum Value: Sendable, Equatable {
        case null
        case integer(Int64)
        case double(Double)
        case text(String)
        case blob(Data)
    }

    /// Text between values; there is always one more than there are values.
    private(set) var fragments: [String]
    public private(set) var values: [Value]
    /// The kind of change that the statement records in the change log, if it is known.
    private(set) var notes: String?
    package private(set) var isWholeTransaction = false

    public init(stringLiteral value: String) {
        fragments = [value]
        values = []
    }

    public init(stringInterpolation: Interpolation) {
        self = stringInterpolation.sql
    }

    private init(fragments: [String], values: [Value]) {
        self.fragments = fragments
        self.values = values
    }

    /// The statement's text for one engine.
    ///
    /// For PostgreSQL, a null is written as text and has no placeholder: as a parameter it would need a type.
    public func render(_ dialect: Dialect) -> String {
        if fragments.count == 1 { return fragments[0] }
        var text = ""
        text.reserveCapacity(fragments.reduce(4 * values.count) { sum, fragment in sum + fragment.utf8.count })
        text += fragments[0]
        var number = 0
        for index in 1..<fragments.count {
            switch dialect {
            case .sqlite: text += "?"
            case .postgresql where values[index - 1] == .null: text += "NULL"
            case .postgresql:
                number += 1
                text += "$"
                text += String(number)
            }
            text += fragments[index]
        }
        return text
    }

    /// The same statement, marked as one that records changes of `kind`.
    public func noting(_ kind: String) -> SQL {
        var statement = self
        statement.notes = kind
        return statement
    }

    /// The same statement, marked as the only one of its transaction: it reads what it decides by from the rows that it
    /// changes. If transactions run concurrently, it may then wait for another one's rows and continue instead of
    /// failing.
    public func asWholeTransaction() -> SQL {
        var statement = self
        statement.isWholeTransaction = true
        return statement
    }

    public static func + (left: SQL, right: SQL) -> SQL {
        var sum = left
        sum.append(right)
        return sum
    }

    public static func += (left: inout SQL, right: SQL) {
        left.append(right)
    }

    private mutating func append(_ other: SQL) {
        fragments[fragments.count - 1] += other.fragments[0]
        fragments.append(contentsOf: other.fragments.dropFirst())
        values.append(contentsOf: other.values)
    }

    private mutating func append(_ value: Value) {
        values.append(value)
        fragments.append("")
    }

    public struct Interpolation: StringInterpolationProtocol {
        fileprivate var sql = SQL(fragments: [""], values: [])

        public init(literalCapacity: Int, interpolationCount: Int) {}

        public mutating func appendLiteral(_ literal: String) {
            sql.fragments[sql.fragments.count - 1] += literal
        }

        public mutating func appendInterpolation(_ value: some SQLValue) {
            sql.append(value.sqlValue)
        }

        public mutating func appendInterpolation(_ value: (some SQLValue)?) {
            sql.append(value?.sqlValue ?? .null)
        }

        public mutating func appendInterpolation(_ other: SQL) {
            sql.append(other)
        }

        /// A parenthesised list for `IN`; an empty one matches nothing.
        public mutating func appendInterpolation(list: some Collection<some SQLValue>) {
            if list.isEmpty {
                appendLiteral("(NULL)")
                return
            }
            var isFirst = true
            for value in list {
                appendLiteral(isFirst ? "(" : ", ")
                sql.append(value.sqlValue)
                isFirst = false
            }
            appendLiteral(")")
        }
    }
}

/// A value that may stand in SQL.
public protocol SQLValue {
    var sqlValue: SQL.Value { get }
}
