import Crypto
import Foundation
import Model
import Testing

@testable import ObjectStorage

/// The examples that Amazon publishes with its signatures ("Signature Calculations for the Authorization Header", "Authenticating
/// Requests: Using Query Parameters"); the figures were computed once more by other means.
@Suite struct RequestSignerTests {
    private static let signer = RequestSigner(
        credentials: ObjectCredentials(
            accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")),
        region: "us-east-1")
    private static let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    private func now() throws -> Timestamp { try #require(Timestamp(iso: "2013-05-24T00:00:00Z")) }

    private func signature(
        _ method: String, _ path: String, query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], payload: String = nothing
    ) throws -> String {
        let common: [(name: String, value: String)] = [
            ("Host", "examplebucket.s3.amazonaws.com"), ("x-amz-content-sha256", payload),
            ("x-amz-date", "20130524T000000Z"),
        ]
        let request = SignableRequest(
            method: method, path: path, query: query, headers: headers + common, payload: payload)
        let header = Self.signer.authorization(of: request, at: try now())
        #expect(
            header.hasPrefix(
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders="))
        return String(header.suffix(64))
    }

    @Test func `requests of the published examples have the published signatures`() throws {
        #expect(
            try signature("GET", "/test.txt", headers: [("Range", "bytes=0-9")])
                == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
        #expect(
            try signature("GET", "/", query: [("lifecycle", "")])
                == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
        // The order in which parameters are given says nothing.
        #expect(
            try signature("GET", "/", query: [("prefix", "J"), ("max-keys", "2")])
                == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
        let payload = Hexadecimal.text(of: SHA256.hash(data: Data("Welcome to Amazon S3.".utf8)))
        #expect(payload == "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")
        let put = try signature(
            "PUT", "/test%24file.text",
            headers: [("Date", "Fri, 24 May 2013 00:00:00  GMT"), ("x-amz-storage-class", " REDUCED_REDUNDANCY ")],
            payload: payload)
        #expect(put == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
    }

    @Test func `a link of the published example has the published signature`() throws {
        let request = SignableRequest(
            method: "GET", path: "/test.txt", query: [], headers: [("host", "examplebucket.s3.amazonaws.com")],
            payload: RequestSigner.unsignedPayload)
        let query = Self.signer.query(of: request, at: try now(), lifetime: .seconds(86400))
        #expect(
            query
                == "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")
    }

    @Test func `the secret key prints as stars`() {
        #expect(!"\(Self.signer)".contains("bPxRfi") && !String(reflecting: Self.signer).contains("bPxRfi"))
    }
}
