import Model
import Testing

@testable import ObjectStorage

@Suite struct BucketPlaceTests {
    @Test(
        arguments: [
            ("https://s3.example", .path, "https://s3.example/images/a%20b/c", "s3.example"),
            ("http://S3.example:9000/", .path, "http://s3.example:9000/images/a%20b/c", "s3.example:9000"),
            ("https://s3.example:443/store", .path, "https://s3.example/store/images/a%20b/c", "s3.example"),
            ("https://s3.example", .virtual, "https://images.s3.example/a%20b/c", "images.s3.example"),
            ("http://s3.example:80", .virtual, "http://images.s3.example/a%20b/c", "images.s3.example"),
        ] as [(String, BucketPlace.Style, String, String)]) func `a bucket is named in the path or in the host`(
            address: String, style: BucketPlace.Style, url: String, host: String
        ) throws
    {
        let place = try #require(BucketPlace(address: address, bucket: "images", region: "r", style: style))
        #expect(place.url(place.path("a b/c"), query: "") == url && place.host == host)
        #expect(place.url("/", query: "a=b").hasSuffix("/?a=b"))
        #expect(place.path(nil).hasPrefix("/"))
    }

    @Test(
        arguments: [
            ("ftp://s3.example", "images"), ("s3.example", "images"), ("https://user:word@s3.example", "images"),
            ("https://s3.example?x=y", "images"), ("https://s3.example", "no"), ("https://s3.example", "with/slash"),
            ("", "images"),
        ]) func `what is no place is refused`(address: String, bucket: String)
    {
        #expect(BucketPlace(address: address, bucket: bucket, region: "r", style: .path) == nil)
    }
}
