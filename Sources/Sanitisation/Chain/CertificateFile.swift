import FoundationEssentials

/// The forms in which certificates and keys are handed on: one alone, a list, or an answer of the API.
public enum CertificateFile {
    /// Throws where it is none of them.
    public static func certificates(_ bytes: [UInt8]) throws(SanitisationFault) -> [SanitisationCertificate] {
        struct Answer: Decodable { let certificates: [SanitisationCertificate] }
        let decoder = JSONDecoder()
        let data = Data(bytes)
        if let one = try? decoder.decode(SanitisationCertificate.self, from: data) { return [one] }
        if let many = try? decoder.decode([SanitisationCertificate].self, from: data) { return many }
        if let answer = try? decoder.decode(Answer.self, from: data) { return answer.certificates }
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
