/// Numbers in the JSON of `nvme`: some of its versions write them as strings, in decimal or with `0x`.
enum LenientNumber {
    static func decode<Key: CodingKey>(_ container: KeyedDecodingContainer<Key>, _ key: Key) throws -> Int {
        if let number = try? container.decode(Int.self, forKey: key) { return number }
        let text = try container.decode(String.self, forKey: key)
        let value = text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text)
        guard let value else {
            throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: "is not a number")
        }
        return value
    }
}
