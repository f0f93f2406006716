public import FoundationEssentials

/// The columns of one row, read by position.
///
///     let name: String = try row[0]
///     let parent: ResourceProviderID? = try row[1]
public struct Row: ~Copyable {
    @usableFromInline let columns: any Columns

    @inlinable public init(_ columns: any Columns) {
        self.columns = columns
    }

    /// Throws `StoreError.column` if the column is null or does not have the requested type.
    public subscript<Value: ColumnValue>(_ index: Int) -> Value {
        @inlinable get throws(StoreError) {
            guard let value = try Value(columns, index) else {
                throw StoreError(.column, "column \(index) is null where \(Value.self) was expected")
            }
            return value
        }
    }

    /// A word of a closed list. Throws `StoreError.column` for a word that this release does not know, because acting
    /// on a guess would be wrong.
    public func word<Word: RawRepresentable>(
        _ index: Int, _ type: Word.Type = Word.self
    ) throws(StoreError) -> Word where Word.RawValue == String {
        let text: String = try self[index]
        guard let word = Word(rawValue: text) else {
            throw StoreError(.column, "column \(index) holds '\(text.prefix(40))', which is no \(Word.self)")
        }
        return word
    }

    /// Nil when the column is null.
    public subscript<Value: ColumnValue>(_ index: Int) -> Value? {
        @inlinable get throws(StoreError) { try Value(columns, index) }
    }
}

/// An engine's access to the columns of its current row. Positions count from 0.
public protocol Columns {
    func isNull(_ index: Int) -> Bool
    func integer(_ index: Int) throws(StoreError) -> Int64
    func double(_ index: Int) throws(StoreError) -> Double
    func text(_ index: Int) throws(StoreError) -> String
    func blob(_ index: Int) throws(StoreError) -> Data
}

/// A value that a column can hold. A null column is nil.
public protocol ColumnValue {
    init?(_ columns: any Columns, _ index: Int) throws(StoreError)
}
