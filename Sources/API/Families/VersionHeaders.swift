package import HTTPTypes
package import Model

/// The headers by which clients ask a service for a version, and are told the one that they get.
package struct VersionHeaders: Sendable {
    /// `compute` in `OpenStack-API-Version: compute 2.1`.
    let serviceType: String
    /// A header of the service alone, older than `OpenStack-API-Version`: `X-OpenStack-Nova-API-Version`.
    let legacy: HTTPField.Name?

    public init(serviceType: String, legacy: HTTPField.Name? = nil) {
        self.serviceType = serviceType
        self.legacy = legacy
    }

    /// The version that is asked for, as text; nil where none is. The newer header wins where it names the service.
    ///
    /// Several services may share the newer one, separated by commas; the last entry of a service counts.
    public func text(in headers: HTTPFields) -> String? {
        var found: String?
        for value in headers[values: .openStackAPIVersion] {
            for entry in value.split(separator: ",") {
                let words = entry.split(separator: " ", omittingEmptySubsequences: true)
                guard words.count >= 1, words[0].lowercased() == serviceType else { continue }
                found = words.count == 2 ? String(words[1]) : ""
            }
        }
        return found ?? legacy.flatMap { headers[$0] }
    }

    /// The headers of an answer of `version`: one that was refused is repeated.
    public func fields(_ version: Microversion) -> HTTPFields {
        var fields: HTTPFields = [.openStackAPIVersion: "\(serviceType) \(version)"]
        if let legacy { fields[legacy] = "\(version)" }
        fields.append(HTTPField(name: .vary, value: HTTPField.Name.openStackAPIVersion.rawName))
        if let legacy { fields.append(HTTPField(name: .vary, value: legacy.rawName)) }
        return fields
    }
}
