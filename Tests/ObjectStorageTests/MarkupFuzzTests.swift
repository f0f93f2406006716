import TestFuzz
import Testing

@testable import ObjectStorage

/// What an object store may respond is read or refused.
@Suite struct MarkupFuzzTests {
    private static let documents = [
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <ListPartsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><!-- two --><UploadId>u&amp;1</UploadId>
        <Part><PartNumber>1</PartNumber><ETag>&quot;a54357aff0632cce46d942af68356b38&quot;</ETag><Size>5242880</Size></Part>
        <Part><PartNumber>2</PartNumber><ETag>"b"</ETag><Size>1</Size></Part><IsTruncated>false</IsTruncated></ListPartsResult>
        """,
        "<Error><Code>NoSuchKey</Code><Message>There is none &lt;here&gt;.</Message><Resource/></Error>",
        "<a><b><c><d><e x='1'>deep</e></d></c></b></a>",
    ]

    private func count(_ document: MarkupDocument) -> Int { 1 + document.children.reduce(0) { $0 + count($1) } }

    @Test func `documents of any form are read or refused`() {
        var read = 0
        Fuzzer.run(
            "object store documents", samples: Self.documents.map { Array($0.utf8) },
            words: [
                "<", ">", "</", "/>", "<!--", "-->", "<?", "<!DOCTYPE a [<!ENTITY b \"c\">]>", "&amp;", "&b;", "<a>",
                "</a>",
            ]
        ) { bytes in
            guard let document = MarkupDocument(bytes) else { return }
            read += 1
            #expect(count(document) <= 50_000 && document.text.utf8.count <= bytes.count * 3)
        }
        #expect(read > 0, "no document was read, so nothing behind the first element was tried")
    }

    @Test func `deep and long documents end`() {
        for bytes in [
            Array(String(repeating: "<a>", count: 60_000).utf8), Array(String(repeating: "<a/>", count: 60_000).utf8),
            Array(("<a>" + String(repeating: "<b/>", count: 60_000) + "</a>").utf8),
        ] {
            let document = MarkupDocument(bytes)
            #expect(document.map { count($0) <= 50_000 } ?? true)
        }
    }
}
