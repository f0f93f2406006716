import Model

extension JSONWriter {
    mutating func texts(_ name: String, _ texts: [String: String]) {
        member(name) { json in
            json.object { json in
                for (key, value) in texts.sorted(by: { $0.key < $1.key }) { json.member(key, value) }
            }
        }
    }

    /// Left out where there is none.
    mutating func optional(_ name: String, _ value: String?) {
        if let value { member(name, value) }
    }
}
