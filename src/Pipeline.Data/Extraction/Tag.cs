using System.Collections.Frozen;

namespace Pipeline.Data.Extraction;

/// <summary>The elements that matter to what a page says; all others are <see cref="Unknown"/> and let their content through.</summary>
internal enum Tag : byte
{
    Text, Unknown,
    A, Abbr, Address, Article, Aside, Audio, B, Base, Bdi, Bdo, Big, Blockquote, Body, Br, Button, Canvas, Caption, Center, Cite, Code, Col, Colgroup, Data, Dd, Del, Details, Dfn, Dialog, Dir, Div, Dl, Dt,
    Em, Embed, Fieldset, Figcaption, Figure, Font, Footer, Form, Frame, H1, H2, H3, H4, H5, H6, Head, Header, Hgroup, Hr, Html, I, Iframe, Img, Input, Ins, Kbd, Label, Legend, Li, Link, Main, Mark, Math, Menu,
    Meta, Meter, Nav, Noembed, Noframes, Noscript, Object, Ol, Optgroup, Option, Output, P, Param, Picture, Plaintext, Pre, Progress, Q, Rp, Rt, Ruby, S, Samp, Script, Search, Section, Select, Small, Source, Span,
    Strike, Strong, Style, Sub, Summary, Sup, Svg, Table, Tbody, Td, Template, Textarea, Tfoot, Th, Thead, Time, Title, Tr, Track, Tt, U, Ul, Var, Video, Wbr, Xmp,
}

[Flags]
internal enum Traits
{
    None = 0,

    /// <summary>Has no content and no end tag.</summary>
    Void = 1,

    /// <summary>Content is characters up to the end tag.</summary>
    Raw = 2,

    /// <summary>Its start ends an open paragraph.</summary>
    Block = 4,

    /// <summary>Runs within a line.</summary>
    Phrasing = 8,

    Heading = 16,

    /// <summary>An end tag inside does not reach past it.</summary>
    Scope = 32,

    /// <summary>Never part of what a page says.</summary>
    Unseen = 64,

    /// <summary>Makes a division that holds it more than one paragraph.</summary>
    Splits = 128,
}

internal static class Tags
{
    private static readonly FrozenDictionary<string, Tag>.AlternateLookup<ReadOnlySpan<char>> ByName = Enum.GetValues<Tag>().Where(t => t is not (Tag.Text or Tag.Unknown))
        .ToFrozenDictionary(t => t.ToString(), StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly Traits[] Table = [.. Enum.GetValues<Tag>().Select(Of)];

    public static Tag Named(ReadOnlySpan<char> name) => ByName.TryGetValue(name, out var tag) ? tag : Tag.Unknown;

    public static bool Is(this Tag tag, Traits traits) => (Table[(int)tag] & traits) != 0;

    private static Traits Of(Tag tag) =>
        (tag is Tag.Base or Tag.Br or Tag.Col or Tag.Embed or Tag.Frame or Tag.Hr or Tag.Img or Tag.Input or Tag.Link or Tag.Meta or Tag.Param or Tag.Source or Tag.Track or Tag.Wbr ? Traits.Void : 0)
        | (tag is Tag.Iframe or Tag.Noembed or Tag.Noframes or Tag.Script or Tag.Style or Tag.Textarea or Tag.Title or Tag.Xmp or Tag.Plaintext ? Traits.Raw : 0)
        | (tag is Tag.Address or Tag.Article or Tag.Aside or Tag.Blockquote or Tag.Center or Tag.Dd or Tag.Details or Tag.Dialog or Tag.Dir or Tag.Div or Tag.Dl or Tag.Dt or Tag.Fieldset or Tag.Figcaption or Tag.Figure
            or Tag.Footer or Tag.Form or Tag.Header or Tag.Hgroup or Tag.Hr or Tag.Li or Tag.Main or Tag.Menu or Tag.Nav or Tag.Ol or Tag.P or Tag.Pre or Tag.Search or Tag.Section or Tag.Summary or Tag.Table or Tag.Ul or Tag.Xmp
            or (>= Tag.H1 and <= Tag.H6) ? Traits.Block : 0)
        | (tag is Tag.Text or Tag.A or Tag.Abbr or Tag.Audio or Tag.B or Tag.Bdi or Tag.Bdo or Tag.Big or Tag.Br or Tag.Button or Tag.Cite or Tag.Code or Tag.Data or Tag.Del or Tag.Dfn or Tag.Em or Tag.Embed or Tag.Font or Tag.I
            or Tag.Img or Tag.Input or Tag.Ins or Tag.Kbd or Tag.Label or Tag.Mark or Tag.Math or Tag.Meter or Tag.Noscript or Tag.Object or Tag.Output or Tag.Progress or Tag.Q or Tag.Rp or Tag.Rt or Tag.Ruby or Tag.S
            or Tag.Samp or Tag.Script or Tag.Select or Tag.Small or Tag.Span or Tag.Strike or Tag.Strong or Tag.Sub or Tag.Sup or Tag.Svg or Tag.Textarea or Tag.Time or Tag.Tt or Tag.U or Tag.Unknown or Tag.Var or Tag.Wbr ? Traits.Phrasing : 0)
        | (tag is >= Tag.H1 and <= Tag.H6 ? Traits.Heading : 0)
        | (tag is Tag.Table or Tag.Td or Tag.Th or Tag.Caption or Tag.Html or Tag.Template or Tag.Button or Tag.Object ? Traits.Scope : 0)
        | (tag is Tag.Script or Tag.Style or Tag.Noscript or Tag.Template or Tag.Head or Tag.Title or Tag.Meta or Tag.Link or Tag.Svg or Tag.Iframe or Tag.Object or Tag.Embed or Tag.Button or Tag.Select or Tag.Textarea
            or Tag.Input or Tag.Canvas or Tag.Audio or Tag.Video or Tag.Dialog or Tag.Noframes or Tag.Noembed or Tag.Rp ? Traits.Unseen : 0)
        | (tag is Tag.Blockquote or Tag.Dl or Tag.Div or Tag.Ol or Tag.P or Tag.Pre or Tag.Table or Tag.Ul ? Traits.Splits : 0);
}
