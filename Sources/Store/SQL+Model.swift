public import FoundationEssentials
public import Model

extension Int: SQLValue, ColumnValue {
    public var sqlValue: SQL.Value { .integer(Int64(self)) }
    @inlinable public init?(_ columns: any Columns, _ index: Int) throws(StoreError) {
        if columns.isNull(index) { return nil }
        self = Int(try columns.integer(index))
    }
}

extension Int64: SQLValue, ColumnValue {
    public var sqlValue: SQL.Value { .integer(self) }
    @inlinable public init?(_ columns: any Columns, _ index: Int) throws(StoreError) {
        if columns.isNull(index) { return nil }
        self = try columns.integer(index)
    }
}

extension Bool: SQLValue, ColumnValue {
    public var sqlValue: SQL.Value { .integer(self ? 1 : 0) }
    @inlinable public init?(_ columns: any Columns, _ index: Int) throws(StoreError) {
        if columns.isNull(index) { return nil }
        self = try columns.integer(index) != 0
    }
}

extension Double: SQLValue, ColumnValue {
    public var sqlValue: SQL.Value { .double(self) }
    @inlinable public init?(_ columns: any Columns, _ index: Int) throws(StoreError) {
        if columns.isNull(index) { return nil }
        self = try columns.double(index)
    }
}

extension String: SQLValue, ColumnValue {
    public var sqlValue: SQL.Value { .text(self) }
    @inlinable public init?(_ columns: any Columns, _ index: Int) throws(StoreError) {
        if columns.isNull(index) { return nil }
        self = try columns.text(index)
    }
}

extension Data: SQLValue, ColumnValue {
    public var sqlValue: SQL.Value { .blob(self) }
    @inlinable public init?(_ columns: any Columns, _ index: Int) throws(StoreError) {
        if columns.isNull(index) { return nil }
        self = try columns.blob(index)
    }
}

extension Timestamp: SQLValue, ColumnValue {
    public var sqlValue: SQL.Value { .integer(microseconds) }
    @inlinable public init?(_ columns: any Columns, _ index: Int) throws(StoreError) {
        if columns.isNull(index) { return nil }
        self.init(microseconds: try columns.integer(index))
    }
}

extension UniqueID: SQLValue, ColumnValue {
    public var sqlValue: SQL.Value { .text(description) }
    @inlinable public init?(_ columns: any Columns, _ index: Int) throws(StoreError) {
        if columns.isNull(index) { return nil }
        let text = try columns.text(index)
        guard let id = UniqueID(text) else { throw StoreError(.column, "column \(index) holds no UUID") }
        self = id
    }
}

extension NameID: SQLValue, ColumnValue {
    public var sqlValue: SQL.Value { .text(text) }
    @inlinable public init?(_ columns: any Columns, _ index: Int) throws(StoreError) {
        if columns.isNull(index) { return nil }
        self.init(try columns.text(index))
    }
}

extension ResourceClass: SQLValue, ColumnValue {
    public var sqlValue: SQL.Value { .text(name) }
    @inlinable public init?(_ columns: any Columns, _ index: Int) throws(StoreError) {
        if columns.isNull(index) { return nil }
        self.init(unchecked: try columns.text(index))
    }
}

extension Trait: SQLValue, ColumnValue {
    public var sqlValue: SQL.Value { .text(name) }
    @inlinable public init?(_ columns: any Columns, _ index: Int) throws(StoreError) {
        if columns.isNull(index) { return nil }
        self.init(unchecked: try columns.text(index))
    }
}
