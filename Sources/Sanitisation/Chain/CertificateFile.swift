import FoundationEssentials

/// Reads certificates, ends of chains and keys in the forms in which they are passed on: one alone, a list, or a
/// response of the API.
public enum CertificateFile {
    /// Throws if the bytes have none of these forms.
    public static func documents(_ bytes: [UInt8]) throws(SanitisationFault) -> [CertificateDocument] {
        struct Answer: Decodable {
            let certificates: [CertificateDocument]?
            let chains: [CertificateDocument]?
        }
        let decoder = JSONDecoder()
        let data = Data(bytes)
        if let one = try? decoder.decode(CertificateDocument.self, from: data) { return [one] }
        if let many = try? decoder.decode([CertificateDocument].self, from: data) { return many }
        if let answer = try? decoder.decode(Answer.self, from: data),
            answer.certificates != nil || answer.chains != nil
        {
            return (answer.certificates ?? []) + (answer.chains ?? [])
        }
        throw SanitisationFault("it holds no certificates")
    }

    /// `{"keys": […]}`, as the API publishes them.
    public static func keys(_ bytes: [UInt8]) throws(SanitisationFault) -> [CertificateKey] {
        struct Answer: Decodable { let keys: [CertificateKey] }
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(bytes)) else {
            throw SanitisationFault("it holds no keys")
        }
        return answer.keys
    }
}
