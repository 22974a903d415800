namespace Pipeline.Data.Privacy;

/// <summary>Social security numbers of the United States as they are written, without the areas, groups and serials that were never given out.</summary>
internal static class SocialSecurity
{
    public static int EndAt(ReadOnlySpan<char> text, int at)
    {
        if (text.Length - at < 11 || text[at + 3] != '-' || text[at + 6] != '-' || !Bounds.Begins(text, at) || !Bounds.Ends(text, at + 11)) return 0;
        var area = text.Slice(at, 3);
        var group = text.Slice(at + 4, 2);
        var serial = text.Slice(at + 7, 4);
        if (area.ContainsAnyExceptInRange('0', '9') || group.ContainsAnyExceptInRange('0', '9') || serial.ContainsAnyExceptInRange('0', '9')) return 0;
        return area[0] == '9' || area is "000" or "666" || group is "00" || serial is "0000" ? 0 : at + 11;
    }
}
