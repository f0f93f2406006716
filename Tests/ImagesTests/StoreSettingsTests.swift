import Foundation
import Model
import Services
import Settings
import TestObjects
import Testing

@testable import Images

/// What an operator writes of stores, and what it becomes.
@Suite struct StoreSettingsTests {
    private struct Secrets: SecretFiles {
        func secret(at path: String) throws(SecretFileFault) -> Secret {
            guard path == "/etc/s3.secret" else { throw SecretFileFault("cannot be read") }
            return Secret("hunter2")
        }
    }

    private func settings(_ text: String) throws(SettingsFault) -> Settings {
        try Settings(
            file: (text, "k.yaml"), files: Secrets(), services: [ImageService.room.settings])
    }

    private func shelf(_ text: String) throws -> StoreShelf {
        let settings = try settings(text)
        return try StoreShelf(settings.section(of: .image), settings)
    }

    private static let several = """
        image:
          default_backend: deep
          stores:
            - {name: fast, type: file, filesystem_store_datadir: /fast, store_description: On this machine}
            - {name: wide, type: shared, filesystem_store_datadir: /wide, weight: 5}
            - name: deep
              type: s3
              s3_store_host: s3.example
              s3_store_bucket: images
              s3_store_prefix: cloud
              s3_store_access_key: AKID
              s3_store_secret_key_file: /etc/s3.secret
              s3_store_bucket_url_format: virtual
              s3_store_large_object_chunk_size: 16
        """

    @Test func `several stores are read`() throws {
        let shelf = try shelf(Self.several)
        #expect(shelf.publicNames == ["fast", "wide", "deep"] && shelf.standard.name == "deep")
        #expect(shelf.readingOrder == ["wide", "fast", "deep"])
        #expect(shelf.entries.map(\.store.type) == ["file", "file", "s3"])
        #expect(shelf.entries.map(\.store.outlivesRemoval) == [true, false, false])
        #expect(shelf.entries[0].text == "On this machine" && shelf.entries[1].weight == 5)
        #expect(shelf.entries[2].store.address(of: "d.u") == "s3://images/cloud/blobs/u")
        #expect(shelf.entries[2].store.properties["s3_store_large_object_chunk_size"] == "16")
        #expect(shelf.staging.store.address(of: "d.u") == "s3://images/cloud/staging/blobs/u")
        let link = try #require(shelf.entries[2].store.link(to: "d.u", lifetime: .seconds(60)))
        #expect(link.hasPrefix("https://images.s3.example/cloud/blobs/u?") && !link.contains("hunter2"))
        #expect(!"\(shelf)".contains("hunter2"))
    }

    @Test func `the folder of one store is what it was`() throws {
        let one = try shelf("image: {filesystem_store_datadir: /images}")
        #expect(one.publicNames == ["file"] && !one.isPlural && one.standard.store.outlivesRemoval)
        #expect(one.standard.store.address(of: "abcd.u") == "file:///images/file/blobs/ab/cd/abcd.u")
        #expect(one.staging.store.address(of: "abcd.u") == "file:///images/staging/blobs/ab/cd/abcd.u")
        let shared = try shelf(
            "{database: {url: 'postgresql://k@h/k'}, image: {filesystem_store_datadir: /images}}")
        #expect(!shared.standard.store.outlivesRemoval)
        let beside = try shelf("database: {url: 'sqlite:///data/k.sqlite'}")
        #expect(beside.standard.store.address(of: "abcd.u") == "file:///data/images/file/blobs/ab/cd/abcd.u")
        let fault = #expect(throws: Fault.self) { try shelf("database: {url: 'postgresql://k@h/k'}") }
        #expect(fault?.message.contains("image.stores") == true)
    }

    @Test(
        arguments: [
            ("stores: [{type: file}]", "name is missing"),
            ("stores: [{name: 'a b', type: file}]", "not of letters"),
            ("stores: [{name: os_glance_x, type: file}]", "begins with os_glance_"),
            ("stores: [{name: a, type: tape}]", "'a' whose type must be one of file, shared, s3"),
            ("stores: [{name: a, type: file}]", "filesystem_store_datadir is missing"),
            ("stores: [{name: a, type: file, filesystem_store_datadir: here}]", "absolute path"),
            ("stores: [{name: a, type: file, filesystem_store_datadir: /a, s3_store_host: x}]", "'s3_store_host'"),
            ("stores: [{name: a, type: file, filesystem_store_datadir: /a, weight: many}]", "a number from"),
            (
                "stores: [{name: a, type: file, filesystem_store_datadir: /a}, "
                    + "{name: a, type: file, filesystem_store_datadir: /b}]", "two stores named 'a'"
            ),
            (
                "stores: [{name: a, type: s3, s3_store_host: h, s3_store_bucket: images, s3_store_access_key: k, "
                    + "s3_store_secret_key_file: /none}]", "'/none', which cannot be read"
            ),
            (
                "stores: [{name: a, type: s3, s3_store_host: 'ftp://h', s3_store_bucket: images, s3_store_access_key: k, "
                    + "s3_store_secret_key_file: /etc/s3.secret}]", "http or https address"
            ),
            ("default_backend: b", "'b', which is not the name"),
            (
                "{filesystem_store_datadir: /a, stores: [{name: a, type: file, filesystem_store_datadir: /b}]}",
                "exclude"
            ),
            ("check_interval: 1s", "60s or longer"), ("location_link_lifetime: 8d", "7d or shorter"),
        ]) func `what cannot be is told by its key`(text: String, reason: String)
    {
        let fault = #expect(throws: SettingsFault.self) {
            try settings(text.hasPrefix("{") ? "image: \(text)" : "image: {\(text)}")
        }
        #expect(fault?.description.contains(reason) == true, "\(String(describing: fault))")
        #expect(fault?.description.contains("k.yaml") == true)
    }
}
