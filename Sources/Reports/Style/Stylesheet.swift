/// The colours and letters of charts and pages, for light and dark.
///
/// Colours of lines are told apart with every kind of colour blindness at the lightness that they have; those
/// of heat maps go from the paper's lightness to its opposite through one hue.
///
/// Source: Okabe and Ito, Color Universal Design, 2008, darkened for white paper and lightened for black.
enum Stylesheet {
    /// What charts need, inside or outside of a page.
    static let charts: StaticString = """
        :root{color-scheme:light dark;--paper:#fff;--card:#fff;--ink:#1b1f24;--muted:#57606a;--grid:#e1e5ea;\
        --c0:#0a66ad;--c1:#cf4f05;--c2:#00805b;--c3:#a1478f;--c4:#a87b00;--c5:#3f9fd0;\
        --h0:#eef3f8;--h1:#d3e3f0;--h2:#aecde4;--h3:#82b1d3;--h4:#5592bf;--h5:#2f72a6;--h6:#155386;--h7:#08345c}
        @media (prefers-color-scheme:dark){:root{--paper:#121518;--card:#1a1e23;--ink:#e9ebee;--muted:#a3acb6;\
        --grid:#30363d;--c0:#5aa9ea;--c1:#ff8b4d;--c2:#3ec79b;--c3:#dc8fce;--c4:#e3b63a;--c5:#9ad8f3;\
        --h0:#1f262e;--h1:#1f3850;--h2:#1f4d73;--h3:#2a6697;--h4:#3f83b8;--h5:#67a3d1;--h6:#9ac4e4;--h7:#d6eaf8}}
        svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;fill:var(--muted)}
        svg .ink{fill:var(--ink)}svg .strong{fill:var(--ink);font-weight:600;font-size:14px}
        svg .big{fill:var(--ink);font-weight:600;font-size:18px}
        svg .grid{stroke:var(--grid);stroke-width:1;fill:none}svg .axis{stroke:var(--muted);stroke-width:1}
        .s0{color:var(--c0)}.s1{color:var(--c1)}.s2{color:var(--c2)}.s3{color:var(--c3)}.s4{color:var(--c4)}\
        .s5{color:var(--c5)}.bound{color:var(--ink)}
        .h0{fill:var(--h0)}.h1{fill:var(--h1)}.h2{fill:var(--h2)}.h3{fill:var(--h3)}.h4{fill:var(--h4)}\
        .h5{fill:var(--h5)}.h6{fill:var(--h6)}.h7{fill:var(--h7)}

        """

    /// What a page needs beside.
    static let page: StaticString = """
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);\
        font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
        main{max-width:1220px;margin:0 auto;padding:20px 16px 48px}
        h1{font-size:1.6rem;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}
        h2{font-size:1.2rem;margin:36px 0 4px}h3{font-size:1rem;margin:0 0 2px}
        p{margin:4px 0 10px;max-width:72ch}.note{color:var(--muted);font-size:.9rem}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:14px 0;font-size:.95rem}
        dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}
        .figures{display:grid;grid-template-columns:minmax(0,1fr);gap:16px;margin:10px 0}
        figure{margin:0;padding:12px;background:var(--card);border:1px solid var(--grid);border-radius:8px}
        figcaption{color:var(--muted);font-size:.85rem;margin-top:6px;max-width:80ch}
        figure svg{display:block;width:100%;height:auto}
        .wide{display:none}.narrow{max-width:560px;margin:0 auto}
        @media (min-width:1000px){.figures{grid-template-columns:repeat(2,minmax(0,1fr))}\
        .figures .full{grid-column:1/-1}.wide{display:block}.narrow{display:none}}
        .scroll{overflow-x:auto;border:1px solid var(--grid);border-radius:8px;background:var(--card)}
        table{border-collapse:collapse;width:100%;font-size:.88rem;font-variant-numeric:tabular-nums}
        th,td{padding:6px 10px;text-align:left;white-space:nowrap;border-bottom:1px solid var(--grid)}
        th{font-weight:600;color:var(--muted);background:var(--card);vertical-align:bottom}
        tbody tr:last-child td{border-bottom:0}td.n,th.n{text-align:right}
        tr.limit td{color:var(--muted);font-style:italic}
        summary{cursor:pointer;margin:8px 0;color:var(--muted)}
        footer{margin-top:32px;color:var(--muted);font-size:.85rem}
        @media print{.scroll{overflow:visible}figure{break-inside:avoid}}

        """
}
