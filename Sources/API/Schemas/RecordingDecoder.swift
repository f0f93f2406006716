/// What a type requested from its decoder.
final class Recording {
    var properties: [ObjectSchema.Property] = []
    var single: Schema?

    var schema: Schema {
        if let single { return single }
        return .object(ObjectSchema(properties, others: .ignored))
    }

    func note(_ name: String, _ schema: Schema, required: Bool) {
        guard !properties.contains(where: { $0.name == name }) else { return }
        properties.append(ObjectSchema.Property(name, schema, required: required))
    }
}

/// A decoder without data: it records what is requested and returns samples, so that decoding continues.
struct RecordingDecoder: Decoder {
    /// A text that many types accept: a UUID.
    static let sampleText = "00000000-0000-4000-8000-000000000000"

    let recording: Recording
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(RecordingKeyedContainer<Key>(recording: recording))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        RecordingUnkeyedContainer(recording: recording)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { RecordingSingleContainer(recording: recording) }

    /// A value of `type` made from samples.
    static func sample<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if let choices = type as? any CaseIterable.Type, let first = first(of: choices) as? Value { return first }
        return try Value(from: RecordingDecoder(recording: Recording()))
    }

    private static func first<Choices: CaseIterable>(of type: Choices.Type) -> Any? { type.allCases.first }
}

private struct RecordingKeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let recording: Recording
    var codingPath: [any CodingKey] { [] }
    /// Empty, so that a type that iterates over its keys (a dictionary) finds none.
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) throws -> Bool { false }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { note(key, .boolean, false) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String {
        note(key, .string, RecordingDecoder.sampleText)
    }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { note(key, .number, 1) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { note(key, .number, 1) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { note(key, .integer, 1) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { note(key, .integer, 1) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { note(key, .integer, 1) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { note(key, .integer, 1) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { note(key, .integer, 1) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { note(key, .integer, 1) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { note(key, .integer, 1) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { note(key, .integer, 1) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { note(key, .integer, 1) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { note(key, .integer, 1) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        recording.note(key.stringValue, Schema.of(type), required: true)
        return try RecordingDecoder.sample(type)
    }

    private func note<Value>(_ key: Key, _ schema: Schema, _ sample: Value) -> Value {
        recording.note(key.stringValue, schema, required: true)
        return sample
    }

    private func optional<Value>(_ key: Key, _ schema: Schema) -> Value? {
        recording.note(key.stringValue, .nullable(schema), required: false)
        return nil
    }

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { optional(key, .boolean) }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { optional(key, .string) }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { optional(key, .number) }
    func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? { optional(key, .number) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { optional(key, .integer) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { optional(key, .integer) }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        optional(key, Schema.of(type))
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        recording.note(key.stringValue, .any, required: true)
        return KeyedDecodingContainer(RecordingKeyedContainer<NestedKey>(recording: Recording()))
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        recording.note(key.stringValue, .array(.any), required: true)
        return RecordingUnkeyedContainer(recording: Recording())
    }

    func superDecoder() throws -> any Decoder { RecordingDecoder(recording: recording) }
    func superDecoder(forKey key: Key) throws -> any Decoder { RecordingDecoder(recording: Recording()) }
}

private struct RecordingUnkeyedContainer: UnkeyedDecodingContainer {
    let recording: Recording
    var codingPath: [any CodingKey] { [] }
    var count: Int? { 0 }
    var isAtEnd: Bool { true }
    var currentIndex: Int { 0 }

    init(recording: Recording) {
        self.recording = recording
        if recording.single == nil { recording.single = .array(.any) }
    }

    mutating func decodeNil() throws -> Bool { false }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        recording.single = .array(Schema.of(type))
        return try RecordingDecoder.sample(type)
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        KeyedDecodingContainer(RecordingKeyedContainer<NestedKey>(recording: Recording()))
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        RecordingUnkeyedContainer(recording: Recording())
    }

    mutating func superDecoder() throws -> any Decoder { RecordingDecoder(recording: Recording()) }
}

private struct RecordingSingleContainer: SingleValueDecodingContainer {
    let recording: Recording
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { false }

    private func note<Value>(_ schema: Schema, _ sample: Value) -> Value {
        recording.single = schema
        return sample
    }

    func decode(_ type: Bool.Type) throws -> Bool { note(.boolean, false) }
    func decode(_ type: String.Type) throws -> String { note(.string, RecordingDecoder.sampleText) }
    func decode(_ type: Double.Type) throws -> Double { note(.number, 1) }
    func decode(_ type: Float.Type) throws -> Float { note(.number, 1) }
    func decode(_ type: Int.Type) throws -> Int { note(.integer, 1) }
    func decode(_ type: Int8.Type) throws -> Int8 { note(.integer, 1) }
    func decode(_ type: Int16.Type) throws -> Int16 { note(.integer, 1) }
    func decode(_ type: Int32.Type) throws -> Int32 { note(.integer, 1) }
    func decode(_ type: Int64.Type) throws -> Int64 { note(.integer, 1) }
    func decode(_ type: UInt.Type) throws -> UInt { note(.integer, 1) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { note(.integer, 1) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { note(.integer, 1) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { note(.integer, 1) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { note(.integer, 1) }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        recording.single = Schema.of(type)
        return try RecordingDecoder.sample(type)
    }
}
