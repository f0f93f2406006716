public import Model
import NIOCore
import NIOHTTP1

/// Objects that arrive in parts. Nobody sees them before they are complete.
extension ObjectBucket {
    /// An object on its way.
    public struct Parted: Sendable {
        public let key: ObjectKey
        let id: PartedID
    }

    /// A part that the store has.
    struct Part: Sendable {
        let number: Int
        let entityTag: String
        /// In base64, where the store keeps one.
        let checksum: String?
    }

    /// Begins an object.
    func begin(_ key: ObjectKey) async throws -> Parted {
        var request = ObjectRequest(.POST, key)
        request.query = [("uploads", "")]
        if checksum == .sha256 { request.headers = [("x-amz-checksum-algorithm", "SHA256")] }
        let document = try await document(of: request, named: "InitiateMultipartUploadResult")
        guard let id = document["UploadId"], !id.isEmpty else {
            throw ObjectTrouble(
                .unavailable, "\(request.place(in: exchange.place)) was answered without an UploadId", mayPass: false
            ).fault
        }
        return Parted(key: key, id: PartedID(id))
    }

    /// Sends one part. It arrives whole and unchanged, or this throws.
    func send(_ bytes: ByteBuffer, _ digest: PartDigest, as number: Int, of parted: Parted) async throws -> Part {
        var request = ObjectRequest(.PUT, parted.key)
        request.query = [("partNumber", "\(number)"), ("uploadId", parted.id.text)]
        request.body = bytes
        request.digest = digest.signed
        switch checksum {
        case .md5: request.headers = [("content-md5", digest.contentMD5)]
        case .sha256: request.headers = [("x-amz-checksum-sha256", digest.checksum)]
        }
        let (exchange, checksum, part) = (exchange, checksum, request)
        do {
            return try await exchange.persistently(part) {
                let answer = try await exchange.sendOnce(part)
                guard let tag = answer.entityTag, Self.confirms(answer, digest, checksum) else {
                    throw ObjectTrouble(
                        .unavailable, "\(part.place(in: exchange.place)): the store has other bytes of part \(number)",
                        mayPass: true)
                }
                return Part(
                    number: number, entityTag: tag, checksum: checksum == .sha256 ? digest.checksum : nil)
            }
        } catch let trouble as ObjectTrouble {
            throw trouble.fault
        }
    }

    /// Whether what the store says of a part is what was sent. A store with keys of its own has other tags, and says that it has keys.
    private static func confirms(_ answer: ObjectAnswer, _ digest: PartDigest, _ checksum: PartChecksum) -> Bool {
        switch checksum {
        case .sha256:
            return answer.headers.first(name: "x-amz-checksum-sha256").map { $0 == digest.checksum } ?? true
        case .md5:
            let encryption = answer.headers.first(name: "x-amz-server-side-encryption") ?? "AES256"
            guard encryption == "AES256",
                answer.headers.first(name: "x-amz-server-side-encryption-customer-algorithm") == nil
            else { return true }
            return answer.entityTag == digest.entityTag
        }
    }

    /// Makes one object of the parts, and holds the store to its size. Done also where that was done before and the response was lost.
    func complete(_ parted: Parted, _ parts: [Part], size: Int) async throws {
        var request = ObjectRequest(.POST, parted.key)
        request.query = [("uploadId", parted.id.text)]
        request.headers = [("content-type", "application/xml")]
        var text = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        for part in parts {
            text += "<Part><PartNumber>\(part.number)</PartNumber><ETag>&quot;"
            text += "\(MarkupDocument.escaped(part.entityTag))&quot;</ETag>"
            if let checksum = part.checksum { text += "<ChecksumSHA256>\(checksum)</ChecksumSHA256>" }
            text += "</Part>"
        }
        request.body = ByteBuffer(string: text + "</CompleteMultipartUpload>")
        let (exchange, whole) = (exchange, request)
        do {
            try await exchange.persistently(whole) {
                let answer = try await exchange.sendOnce(whole, accepting: [404])
                // The status was sent before the work was done, which then failed.
                guard answer.status != 200 || answer.document?.name == "CompleteMultipartUploadResult" else {
                    throw ObjectTrouble(
                        ObjectAnswer(status: 500, headers: answer.headers, body: answer.body), to: whole,
                        in: exchange.place)
                }
            }
        } catch let trouble as ObjectTrouble {
            throw trouble.fault
        }
        guard try await self.size(of: parted.key) == size else {
            throw ObjectTrouble(
                .unavailable, "\(whole.place(in: exchange.place)): the object is not there with its \(size) bytes",
                mayPass: false
            ).fault
        }
    }

    /// Tries whether the store takes objects: one begins, and is dropped.
    public func probe(_ key: ObjectKey) async throws { try await abort(try await begin(key)) }

    /// Drops the parts. Done also where there are none.
    public func abort(_ parted: Parted) async throws {
        var request = ObjectRequest(.DELETE, parted.key)
        request.query = [("uploadId", parted.id.text)]
        _ = try await send(request, accepting: [404])
    }

    /// The objects on their way whose keys begin with `prefix`.
    public func parted(under prefix: String) async throws -> [Parted] {
        var found: [Parted] = []
        var next: (key: String, id: String)?
        repeat {
            var request = ObjectRequest(.GET, nil)
            request.query = [("prefix", prefix), ("uploads", "")]
            if let next { request.query += [("key-marker", next.key), ("upload-id-marker", next.id)] }
            let document = try await document(of: request, named: "ListMultipartUploadsResult")
            for entry in document.children where entry.name == "Upload" {
                if let key = entry["Key"], let id = entry["UploadId"], key.hasPrefix(prefix) {
                    found.append(Parted(key: ObjectKey(key), id: PartedID(id)))
                }
            }
            next = nil
            if document["IsTruncated"] == "true", let key = document["NextKeyMarker"] {
                next = (key, document["NextUploadIdMarker"] ?? "")
            }
        } while next != nil
        return found
    }

    /// Copies an object within the bucket, at the store, in pieces that every store takes.
    public func copy(_ source: ObjectKey, to target: ObjectKey, size: Int) async throws {
        // There is no range of nothing.
        guard size > 0 else { return try await write(ByteBuffer(), to: target) }
        let parted = try await begin(target)
        let piece = 1 << 30
        var parts: [Part] = []
        for start in stride(from: 0, to: size, by: piece) {
            var request = ObjectRequest(.PUT, target)
            request.query = [("partNumber", "\(parts.count + 1)"), ("uploadId", parted.id.text)]
            let path = source.text.split(separator: "/", omittingEmptySubsequences: false)
                .map { String($0).percentEncoded }.joined(separator: "/")
            request.headers = [
                ("x-amz-copy-source", "/\(exchange.place.bucket)/\(path)"),
                ("x-amz-copy-source-range", "bytes=\(start)-\(min(start + piece, size) - 1)"),
            ]
            let document = try await document(of: request, named: "CopyPartResult")
            guard let tag = document["ETag"] else {
                throw ObjectTrouble(
                    .unavailable, "\(request.place(in: exchange.place)) was answered without an ETag", mayPass: false
                ).fault
            }
            parts.append(
                Part(
                    number: parts.count + 1, entityTag: tag.filter { $0 != "\"" },
                    checksum: document["ChecksumSHA256"]))
        }
        try await complete(parted, parts, size: size)
    }
}
