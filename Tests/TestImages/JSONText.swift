import Model

/// An object with members in their order.
struct JSONText {
    enum Value {
        case text(String)
        case number(Int)
        case flag(Bool)
        case list([JSONText])
    }

    let members: [(String, Value)]

    var compact: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }

    private func write(to json: inout JSONWriter) {
        json.object { json in
            for (name, value) in members {
                switch value {
                case .text(let text): json.member(name, text)
                case .number(let number): json.member(name, number)
                case .flag(let flag): json.member(name, flag)
                case .list(let list):
                    json.member(name) { json in json.array(list) { json, one in one.write(to: &json) } }
                }
            }
        }
    }
}
