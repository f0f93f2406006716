import FoundationEssentials
import TestJSON

/// A JSON body with one place replaced by a raw text, or left out: what no schema-abiding client sends.
struct OddBody {
    enum Step: Equatable {
        case key(String)
        case index(Int)
    }

    let place: [Step]
    let bytes: [UInt8]

    /// The name nearest to the place, from inside out; nil at the top.
    var name: String? {
        for case .key(let key) in place.reversed() { return key }
        return nil
    }

    /// Every place of `template` replaced by each of `odd`, and every member left out or doubled.
    static func all(of template: JSON, odd: [String]) -> [OddBody] {
        var bodies: [OddBody] = []
        for place in template.places {
            for raw in odd { bodies.append(OddBody(place: place, bytes: template.bytes(replacing: place, with: raw))) }
            if case .key = place.last {
                bodies.append(OddBody(place: place, bytes: template.bytes(replacing: place, with: nil)))
            }
        }
        return bodies
    }
}

extension JSON {
    var places: [[OddBody.Step]] {
        var places: [[OddBody.Step]] = [[]]
        switch self {
        case .array(let elements):
            for (index, element) in elements.enumerated() { places += element.places.map { [.index(index)] + $0 } }
        case .object(let members):
            for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                places += value.places.map { [.key(key)] + $0 }
            }
        default: break
        }
        return places
    }

    func bytes(replacing place: [OddBody.Step], with raw: String?) -> [UInt8] {
        Array((text(replacing: place[...], with: raw) ?? "").utf8)
    }

    /// Nil where the value itself is left out.
    private func text(replacing place: ArraySlice<OddBody.Step>?, with raw: String?) -> String? {
        if let place, place.isEmpty { return raw }
        func below(_ step: OddBody.Step) -> ArraySlice<OddBody.Step>? {
            place?.first == step ? place?.dropFirst() : nil
        }
        switch self {
        case .array(let elements):
            let parts = elements.enumerated().compactMap { $1.text(replacing: below(.index($0)), with: raw) }
            return "[\(parts.joined(separator: ","))]"
        case .object(let members):
            let parts = members.sorted { $0.key < $1.key }.compactMap { key, value in
                value.text(replacing: below(.key(key)), with: raw).map { "\(JSON.text(key).plain):\($0)" }
            }
            return "{\(parts.joined(separator: ","))}"
        default: return plain
        }
    }

    private var plain: String {
        (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }
}
