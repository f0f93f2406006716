import Testing

@testable import ObjectStorage

@Suite struct MarkupDocumentTests {
    @Test func `elements, their texts and entities are read`() throws {
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- a comment with <tags> -->
            <List xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Empty/><Item a="b"><Key>a&amp;b&lt;c</Key></Item>
              <Item><Key>d</Key ></Item></List>
            """
        let document = try #require(MarkupDocument(text.utf8))
        #expect(document.name == "List" && document["Empty"] == "" && document["None"] == nil)
        #expect(document.children.filter { $0.name == "Item" }.map { $0["Key"] } == ["a&b<c", "d"])
        #expect(MarkupDocument.escaped("a&\"<>") == "a&amp;&quot;&lt;&gt;")
        // What is escaped twice is read once.
        #expect(try #require(MarkupDocument("<a>&amp;lt;</a>".utf8)).text == "&lt;")
    }

    @Test(
        arguments: [
            "", "text", "<a>", "<a></b>", "</a>", "<a><!-- </a>", "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "<a",
            String(repeating: "<a>", count: 20) + String(repeating: "</a>", count: 20),
        ]) func `what is no document, or too deep, is none`(text: String)
    {
        #expect(MarkupDocument(text.utf8) == nil)
    }
}
