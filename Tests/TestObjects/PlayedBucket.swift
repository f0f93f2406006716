import Crypto
import Foundation

/// One bucket in memory, and what its store responds.
struct PlayedBucket {
    struct Response {
        var status = 200
        var headers: [(String, String)] = []
        var body: [UInt8] = []
        /// How many bytes of the body go before the connection breaks.
        var cut: Int?
        /// Whether no response goes at all.
        var isLost = false

        static func document(_ text: String, status: Int = 200) -> Response {
            Response(
                status: status, headers: [("Content-Type", "application/xml")],
                body: Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\(text)".utf8))
        }

        static func error(_ status: Int, _ code: String) -> Response {
            document("<Error><Code>\(code)</Code><Message>as the test wants it</Message></Error>", status: status)
        }
    }

    struct Upload {
        let key: String
        var parts: [Int: [UInt8]] = [:]
    }

    let name: String
    var objects: [String: [UInt8]] = [:]
    var uploads: [String: Upload] = [:]
    private var count = 0

    init(_ name: String) {
        self.name = name
    }

    mutating func respond(to request: PlayedRequest) -> Response {
        guard request.bucket == name else { return .error(404, "NoSuchBucket") }
        if let sent = request.headers["content-md5"],
            sent != Data(Insecure.MD5.hash(data: request.body)).base64EncodedString()
        {
            return .error(400, "BadDigest")
        }
        if let sent = request.headers["x-amz-checksum-sha256"],
            sent != Data(SHA256.hash(data: request.body)).base64EncodedString()
        {
            return .error(400, "BadDigest")
        }
        guard let key = request.key else { return list(request) }
        switch request.method {
        case "POST" where request.parameter("uploads") != nil: return begin(key)
        case "POST": return complete(request, key)
        case "PUT" where request.parameter("partNumber") != nil: return put(request, key)
        case "PUT":
            objects[key] = request.body
            return Response(headers: [("ETag", Self.tag(request.body))])
        case "GET", "HEAD": return read(request, key)
        case "DELETE":
            if let id = request.parameter("uploadId") {
                guard uploads.removeValue(forKey: id) != nil else { return .error(404, "NoSuchUpload") }
            } else {
                objects[key] = nil
            }
            return Response(status: 204)
        default: return .error(405, "MethodNotAllowed")
        }
    }

    static func tag(_ bytes: [UInt8]) -> String {
        "\"\(Insecure.MD5.hash(data: bytes).map { String(format: "%02x", $0) }.joined())\""
    }

    private mutating func begin(_ key: String) -> Response {
        count += 1
        uploads["upload/\(count)+x"] = Upload(key: key)
        return .document(
            "<InitiateMultipartUploadResult><Bucket>\(name)</Bucket><Key>\(key)</Key>"
                + "<UploadId>upload/\(count)+x</UploadId></InitiateMultipartUploadResult>")
    }

    private mutating func put(_ request: PlayedRequest, _ key: String) -> Response {
        guard let id = request.parameter("uploadId"), uploads[id]?.key == key,
            let number = request.parameter("partNumber").flatMap({ Int($0) })
        else { return .error(404, "NoSuchUpload") }
        var bytes = request.body
        if let source = request.headers["x-amz-copy-source"] {
            let path = source.dropFirst(name.count + 2)
            guard let key = path.removingPercentEncoding, let found = objects[key] else {
                return .error(404, "NoSuchKey")
            }
            bytes = found
            if let range = Self.range(request.headers["x-amz-copy-source-range"], bytes.count) {
                bytes = Array(bytes[range])
            }
        }
        uploads[id]?.parts[number] = bytes
        if request.headers["x-amz-copy-source"] != nil {
            return .document("<CopyPartResult><ETag>\(Self.tag(bytes))</ETag></CopyPartResult>")
        }
        var headers = [("ETag", Self.tag(bytes))]
        if let sum = request.headers["x-amz-checksum-sha256"] { headers.append(("x-amz-checksum-sha256", sum)) }
        return Response(headers: headers)
    }

    private mutating func complete(_ request: PlayedRequest, _ key: String) -> Response {
        guard let id = request.parameter("uploadId"), let upload = uploads[id], upload.key == key else {
            return .error(404, "NoSuchUpload")
        }
        let text = String(decoding: request.body, as: UTF8.self)
        let numbers = text.components(separatedBy: "<PartNumber>").dropFirst().compactMap { piece in
            Int(piece.prefix { $0.isNumber })
        }
        let tags = text.components(separatedBy: "&quot;").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        guard !numbers.isEmpty, numbers == numbers.sorted(), tags.count == numbers.count else {
            return .error(400, "MalformedXML")
        }
        var whole: [UInt8] = []
        for (number, tag) in zip(numbers, tags) {
            guard let part = upload.parts[number], Self.tag(part) == "\"\(tag)\"" else {
                return .error(400, "InvalidPart")
            }
            whole += part
        }
        uploads[id] = nil
        objects[key] = whole
        return .document("<CompleteMultipartUploadResult><Key>\(key)</Key></CompleteMultipartUploadResult>")
    }

    private func read(_ request: PlayedRequest, _ key: String) -> Response {
        guard let bytes = objects[key] else { return .error(404, "NoSuchKey") }
        var response = Response(headers: [("ETag", Self.tag(bytes))])
        if let tag = request.headers["if-match"], tag != Self.tag(bytes) { return .error(412, "PreconditionFailed") }
        response.body = bytes
        if let range = Self.range(request.headers["range"], bytes.count) {
            guard !range.isEmpty else { return .error(416, "InvalidRange") }
            response.status = 206
            response.body = Array(bytes[range])
        }
        return response
    }

    private func list(_ request: PlayedRequest) -> Response {
        if request.method == "HEAD" { return Response() }
        let prefix = request.parameter("prefix") ?? ""
        // Pages of two, so that there are several.
        if request.parameter("uploads") != nil {
            let after = (request.parameter("key-marker") ?? "", request.parameter("upload-id-marker") ?? "")
            let found = uploads.filter { $0.value.key.hasPrefix(prefix) }.map { ($0.value.key, $0.key) }.sorted {
                $0 < $1
            }
            .filter { $0 > after }
            let page = found.prefix(2)
            var text = "<ListMultipartUploadsResult><IsTruncated>\(found.count > 2)</IsTruncated>"
            for (key, id) in page { text += "<Upload><Key>\(key)</Key><UploadId>\(id)</UploadId></Upload>" }
            if found.count > 2, let last = page.last {
                text += "<NextKeyMarker>\(last.0)</NextKeyMarker><NextUploadIdMarker>\(last.1)</NextUploadIdMarker>"
            }
            return .document(text + "</ListMultipartUploadsResult>")
        }
        let after = request.parameter("continuation-token") ?? ""
        let found = objects.keys.filter { $0.hasPrefix(prefix) && $0 > after }.sorted()
        var text = "<ListBucketResult><IsTruncated>\(found.count > 2)</IsTruncated>"
        for key in found.prefix(2) { text += "<Contents><Key>\(key)</Key><Size>1</Size></Contents>" }
        if found.count > 2 { text += "<NextContinuationToken>\(found[1])</NextContinuationToken>" }
        return .document(text + "</ListBucketResult>")
    }

    /// Nil where none is asked for; empty where it is outside.
    private static func range(_ text: String?, _ size: Int) -> Range<Int>? {
        guard let text, text.hasPrefix("bytes=") else { return nil }
        let ends = text.dropFirst("bytes=".count).split(separator: "-").compactMap { Int($0) }
        guard ends.count == 2 else { return nil }
        return ends[0] < size ? ends[0]..<min(ends[1] + 1, size) : 0..<0
    }
}
